// A file system in memory that misbehaves as it is told, for the tests of how writebench reports faults:
//   faulty_fs DIRECTORY
// mounts it there and serves it until it is unmounted, or the process gets SIGTERM. It needs /dev/fuse.
//
// The fault is written to the file .control in its root, as words KEY=VALUE, all optional:
//   op=write         which request is hit: create, open, read, write, truncate, sync (fsync(2) and fdatasync(2)), close
//                    (of a descriptor that can write)
//   do=error         what happens: error (the request fails), short (a write takes `bytes`), signal (the process that
//                    calls gets `signal`), remove (the file loses its name), remove-directory (its directory too),
//                    read-only (every later change of the file system fails with EROFS). Unless the request fails, it
//                    is carried out.
//   errno=5          of do=error
//   bytes=1          of do=short
//   signal=9         of do=signal
//   by=child         whose requests count: child (any process but the one that made the file) or parent (that one)
//   first=1          the first request that is hit, counted for each file. A list gives the value for each trial.
//   times=1          how many requests are hit from then on; without it, all
//   pass-every=4     but each fourth of them is let through
//   from-byte=5000   only writes at or beyond that offset are hit; one that begins before it is cut off there
//   spare=3          the files of the third trial are never hit
//   delay-us=200     every request takes up to that much longer
// Each such write forgets all counts, and all files that are left. Reading .control gives what happened as JSON: for
// each trial, how many of each request its processes made, how often the fault hit, and at which offsets.
//
// The files of trials have names that end in .txt, in directories; nothing happens to others. A trial is told from the
// next one by this: its files are made by one process, and then opened by another.
#define FUSE_USE_VERSION 312
#include <fuse3/fuse_lowlevel.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

enum class Op { kCreate, kOpen, kRead, kWrite, kTruncate, kSync, kClose };
constexpr std::array<std::string_view, 7> kOpNames{"create", "open", "read", "write", "truncate", "sync", "close"};

enum class Deed { kNone, kError, kShort, kSignal, kRemove, kRemoveDirectory, kReadOnly };
constexpr std::array<std::string_view, 7> kDeedNames{
    "none", "error", "short", "signal", "remove", "remove-directory", "read-only"};

template <class Enum, std::size_t size>
std::optional<Enum> parse(const std::array<std::string_view, size>& names, std::string_view text) {
  const auto found = std::find(names.begin(), names.end(), text);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

struct Fault {
  Op op = Op::kWrite;
  Deed deed = Deed::kNone;
  int error = EIO;
  std::size_t bytes = 1;
  int signal = SIGKILL;
  bool by_parent = false;
  std::vector<std::uint64_t> first{1};
  std::uint64_t times = UINT64_MAX;
  std::uint64_t pass_every = 0;
  std::uint64_t from_byte = 0;
  std::uint64_t spare = 0;
  unsigned delay_us = 0;

  std::uint64_t first_of(std::uint64_t trial) const {
    return trial >= 1 && trial <= first.size() ? first[trial - 1] : first.back();
  }
};

std::vector<std::uint64_t> parse_list(const std::string& text) {
  std::vector<std::uint64_t> values;
  std::istringstream stream(text);
  for (std::string value; std::getline(stream, value, ',');) values.push_back(std::stoull(value));
  if (values.empty()) throw std::invalid_argument("an empty list");
  return values;
}

// Throws std::exception if the text is not a fault.
Fault parse_fault(const std::string& text) {
  Fault fault;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const std::size_t equals = word.find('=');
    if (equals == word.npos) throw std::invalid_argument(word);
    const std::string key = word.substr(0, equals);
    const std::string value = word.substr(equals + 1);
    if (key == "op") {
      fault.op = parse<Op>(kOpNames, value).value();
    } else if (key == "do") {
      fault.deed = parse<Deed>(kDeedNames, value).value();
    } else if (key == "errno") {
      fault.error = std::stoi(value);
    } else if (key == "bytes") {
      fault.bytes = std::stoul(value);
    } else if (key == "signal") {
      fault.signal = std::stoi(value);
    } else if (key == "by") {
      if (value != "parent" && value != "child") throw std::invalid_argument(word);
      fault.by_parent = value == "parent";
    } else if (key == "first") {
      fault.first = parse_list(value);
    } else if (key == "times") {
      fault.times = std::stoull(value);
    } else if (key == "pass-every") {
      fault.pass_every = std::stoull(value);
    } else if (key == "from-byte") {
      fault.from_byte = std::stoull(value);
    } else if (key == "spare") {
      fault.spare = std::stoull(value);
    } else if (key == "delay-us") {
      fault.delay_us = static_cast<unsigned>(std::stoul(value));
    } else {
      throw std::invalid_argument(word);
    }
  }
  return fault;
}

struct Node {
  fuse_ino_t number = 0;
  mode_t mode = 0;
  uid_t user = 0;
  gid_t group = 0;
  std::string bytes;                          // of a file
  std::map<std::string, fuse_ino_t> entries;  // of a directory
  Node* parent = nullptr;                     // null if it has no name (any more)
  std::uint64_t lookups = 0;                  // references that the kernel holds
  timespec changed{};

  // Of a file below the root:
  std::uint64_t trial = 0;
  pid_t maker = 0;
  // The kernel splits writes at pages. If only a part fails, the writer sees a short count, and has to go on: so a hit
  // at a page's begin is repeated once, if the same offset comes again.
  std::uint64_t split_at = 0;
  std::array<std::uint64_t, kOpNames.size()> by_child{};  // requests
  std::array<std::uint64_t, kOpNames.size()> counted{};   // those that the fault counts
};

struct TrialCounts {
  std::array<std::uint64_t, kOpNames.size()> by_child{};  // of the file that has most
  std::uint64_t hits = 0;
  std::vector<std::uint64_t> offsets;  // of the first hits
};

// What becomes of a request.
struct Answer {
  int error = 0;
  std::size_t most_bytes = SIZE_MAX;  // of a write
};

constexpr fuse_ino_t kControl = 2;
constexpr std::uint64_t kPageBytes = 4096;
constexpr std::uint64_t kCanWrite = 1;  // bit of a file handle

class FileSystem {
 public:
  FileSystem() {
    Node& root = add(FUSE_ROOT_ID, S_IFDIR | 0777, nullptr);
    root.lookups = 1;
    Node& control = add(kControl, S_IFREG | 0666, nullptr);
    control.lookups = 1;
  }

  std::mutex& mutex() { return mutex_; }
  const Fault& fault() const { return fault_; }

  Node* find(fuse_ino_t number) {
    const auto found = nodes_.find(number);
    return found == nodes_.end() ? nullptr : found->second.get();
  }

  Node* find(const Node& directory, const std::string& name) {
    const auto found = directory.entries.find(name);
    return found == directory.entries.end() ? nullptr : find(found->second);
  }

  Node& make(Node& directory, const std::string& name, mode_t mode, const fuse_ctx& caller) {
    Node& node = add(next_number_++, mode, &directory);
    node.user = caller.uid;
    node.group = caller.gid;
    directory.entries[name] = node.number;
    touch(directory);
    return node;
  }

  // Takes the name away. The node lives on while the kernel refers to it.
  void unlink(Node& directory, const std::string& name) {
    const auto entry = directory.entries.find(name);
    Node* const node = find(entry->second);
    directory.entries.erase(entry);
    touch(directory);
    if (node == nullptr) return;
    while (!node->entries.empty()) unlink(*node, std::string(node->entries.begin()->first));
    node->parent = nullptr;
    drop_if_unused(*node);
  }

  void move(Node& from, const std::string& name, Node& to, const std::string& new_name) {
    if (to.entries.contains(new_name)) unlink(to, new_name);
    Node& node = *find(from.entries.at(name));
    from.entries.erase(name);
    to.entries[new_name] = node.number;
    node.parent = &to;
  }

  void forget(fuse_ino_t number, std::uint64_t lookups) {
    Node* const node = find(number);
    if (node == nullptr) return;
    node->lookups -= std::min(node->lookups, lookups);
    drop_if_unused(*node);
  }

  /// The trial that a file belongs to which is made now.
  std::uint64_t trial_of_new_file() {
    if (opened_by_another_ || counts_.empty()) {
      counts_.emplace_back();
      opened_by_another_ = false;
    }
    return counts_.size();
  }
  void opened(const Node& node, pid_t by) { opened_by_another_ = opened_by_another_ || by != node.maker; }

  /// Counts a request for a file, and says what becomes of it. `node` may lose its name.
  Answer answer(Op op, Node& node, pid_t by, std::uint64_t offset = 0, std::size_t size = 0, bool delayed = false) {
    if (node.trial == 0) return {};
    TrialCounts& counts = counts_[node.trial - 1];
    const auto index = static_cast<std::size_t>(op);
    const bool by_parent = by == node.maker;
    if (!by_parent) counts.by_child[index] = std::max(counts.by_child[index], ++node.by_child[index]);
    if (read_only_ && (op == Op::kWrite || op == Op::kTruncate || op == Op::kSync)) return {.error = EROFS};
    if (fault_.deed == Deed::kNone || op != fault_.op || by_parent != fault_.by_parent) return {};
    if (node.trial == fault_.spare || offset + size < fault_.from_byte) return {};
    if (fault_.from_byte > 0 && offset + size == fault_.from_byte) return {};
    // The kernel looks at no short count of a write that it has put off, and does not repeat an interrupted one.
    if (delayed && (fault_.deed == Deed::kShort || fault_.error == EINTR)) return {};
    if (fault_.deed == Deed::kSignal && by <= 0) return {};  // the kernel itself asks
    const std::uint64_t count = ++node.counted[index];
    const std::uint64_t first = fault_.first_of(node.trial);
    const bool again = op == Op::kWrite && node.split_at != 0 && offset == node.split_at;
    if (count < first || (count - first >= fault_.times && !again)) return {};
    if (fault_.pass_every > 0 && (count - first + 1) % fault_.pass_every == 0) return {};
    ++counts.hits;
    if (offset < fault_.from_byte && !delayed) return {.most_bytes = fault_.from_byte - offset};
    node.split_at = offset % kPageBytes == 0 && !again ? offset : 0;
    if (counts.offsets.size() < 64) counts.offsets.push_back(offset);
    return carry_out(node, by);
  }

  /// The same for a file that is to be made: the fault counts the trials.
  Answer answer_create() {
    if (read_only_) return {.error = EROFS};
    if (fault_.deed != Deed::kError || fault_.op != Op::kCreate || !fault_.by_parent) return {};
    const std::uint64_t trial = trial_of_new_file();
    if (trial == fault_.spare || trial < fault_.first.front()) return {};
    const std::uint64_t attempt = ++create_attempts_;
    if (attempt > fault_.times) return {};
    if (fault_.pass_every > 0 && attempt % fault_.pass_every == 0) return {};
    ++counts_.back().hits;
    if (fault_.error != EINTR) opened_by_another_ = true;  // the next one is made for the next trial
    return {.error = fault_.error};
  }

  bool read_only() const { return read_only_; }

  void set(const Fault& fault) {
    fault_ = fault;
    counts_.clear();
    read_only_ = false;
    opened_by_another_ = false;
    create_attempts_ = 0;
    Node& root = *find(FUSE_ROOT_ID);
    while (!root.entries.empty()) unlink(root, root.entries.begin()->first);
  }

  std::string report() const {
    std::ostringstream json;
    json << "{\"trials\":[";
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      const TrialCounts& counts = counts_[i];
      json << (i == 0 ? "{" : ",{");
      for (std::size_t op = 0; op < kOpNames.size(); ++op)
        json << '"' << kOpNames[op] << "\":" << counts.by_child[op] << ',';
      json << "\"hits\":" << counts.hits << ",\"offsets\":[";
      for (std::size_t at = 0; at < counts.offsets.size(); ++at) json << (at == 0 ? "" : ",") << counts.offsets[at];
      json << "]}";
    }
    json << "]}\n";
    return json.str();
  }

  static void touch(Node& node) { ::clock_gettime(CLOCK_REALTIME, &node.changed); }

 private:
  Node& add(fuse_ino_t number, mode_t mode, Node* parent) {
    auto node = std::make_unique<Node>();
    node->number = number;
    node->mode = mode;
    node->parent = parent;
    touch(*node);
    return *(nodes_[number] = std::move(node));
  }

  void drop_if_unused(const Node& node) {
    if (node.lookups == 0 && node.parent == nullptr) nodes_.erase(node.number);
  }

  void lose_name(Node& node) {
    if (node.parent == nullptr) return;
    for (const auto& [name, number] : node.parent->entries) {
      if (number != node.number) continue;
      unlink(*node.parent, std::string(name));
      return;
    }
  }

  Answer carry_out(Node& node, pid_t by) {
    Node* const directory = node.parent;
    switch (fault_.deed) {
      case Deed::kError: return {.error = fault_.error};
      case Deed::kShort: return {.most_bytes = fault_.bytes};
      case Deed::kSignal: ::kill(by, fault_.signal); break;
      case Deed::kRemove: lose_name(node); break;
      case Deed::kRemoveDirectory:
        if (directory != nullptr) lose_name(*directory);
        break;
      case Deed::kReadOnly: read_only_ = true; return {.error = EROFS};
      case Deed::kNone: break;
    }
    return {};
  }

  std::mutex mutex_;
  Fault fault_;
  std::map<fuse_ino_t, std::unique_ptr<Node>> nodes_;
  fuse_ino_t next_number_ = 3;
  std::vector<TrialCounts> counts_;  // by trial, from 1
  bool opened_by_another_ = false;
  bool read_only_ = false;
  std::uint64_t create_attempts_ = 0;
};

FileSystem& file_system() {
  static FileSystem instance;
  return instance;
}

// Holds the file system, after the delay that is asked for.
class Held {
 public:
  Held() : lock_(file_system().mutex()) {
    const unsigned most = file_system().fault().delay_us;
    if (most == 0) return;
    lock_.unlock();
    thread_local std::minstd_rand random(
        static_cast<unsigned>(std::hash<std::thread::id>{}(std::this_thread::get_id())));
    std::this_thread::sleep_for(std::chrono::microseconds(random() % most));
    lock_.lock();
  }

 private:
  std::unique_lock<std::mutex> lock_;
};

struct stat status_of(const Node& node) {
  struct stat status {};
  status.st_ino = node.number;
  status.st_mode = node.mode;
  status.st_nlink = node.parent != nullptr || node.number <= kControl ? 1 : 0;
  status.st_uid = node.user;
  status.st_gid = node.group;
  status.st_size = static_cast<off_t>(node.bytes.size());
  status.st_blksize = 4096;
  status.st_blocks = static_cast<blkcnt_t>((node.bytes.size() + 511) / 512);
  status.st_atim = status.st_mtim = status.st_ctim = node.changed;
  return status;
}

// The kernel caches no names and no attributes, so that what happens here is seen at once.
fuse_entry_param entry_of(Node& node) {
  ++node.lookups;
  fuse_entry_param entry{};
  entry.ino = node.number;
  entry.attr = status_of(node);
  return entry;
}

// An asynchronous O_DIRECT write makes EIO of a short count.
void begin(void*, fuse_conn_info* connection) { connection->want &= ~static_cast<unsigned>(FUSE_CAP_ASYNC_DIO); }

void fail(fuse_req_t request, int error) { fuse_reply_err(request, error); }

void lookup(fuse_req_t request, fuse_ino_t parent, const char* name) {
  const Held held;
  FileSystem& files = file_system();
  Node* const directory = files.find(parent);
  const bool is_control = parent == FUSE_ROOT_ID && name == std::string_view(".control");
  Node* const node = is_control ? files.find(kControl) : directory ? files.find(*directory, name) : nullptr;
  if (node == nullptr) return fail(request, ENOENT);
  const fuse_entry_param entry = entry_of(*node);
  fuse_reply_entry(request, &entry);
}

void forget(fuse_req_t request, fuse_ino_t number, std::uint64_t lookups) {
  {
    const Held held;
    if (number > kControl) file_system().forget(number, lookups);
  }
  fuse_reply_none(request);
}

void get_attributes(fuse_req_t request, fuse_ino_t number, fuse_file_info*) {
  const Held held;
  const Node* const node = file_system().find(number);
  if (node == nullptr) return fail(request, ENOENT);
  const struct stat status = status_of(*node);
  fuse_reply_attr(request, &status, 0);
}

void set_attributes(fuse_req_t request, fuse_ino_t number, struct stat* wanted, int which, fuse_file_info*) {
  const Held held;
  Node* const node = file_system().find(number);
  if (node == nullptr) return fail(request, ENOENT);
  if ((which & FUSE_SET_ATTR_SIZE) != 0 && number != kControl) {
    const auto size = static_cast<std::size_t>(wanted->st_size);
    if (const Answer answer = file_system().answer(Op::kTruncate, *node, fuse_req_ctx(request)->pid, size);
        answer.error != 0) {
      return fail(request, answer.error);
    }
    node->bytes.resize(size);
    FileSystem::touch(*node);
  }
  if ((which & FUSE_SET_ATTR_MODE) != 0) node->mode = (node->mode & S_IFMT) | (wanted->st_mode & 07777);
  if ((which & FUSE_SET_ATTR_UID) != 0) node->user = wanted->st_uid;
  if ((which & FUSE_SET_ATTR_GID) != 0) node->group = wanted->st_gid;
  const struct stat status = status_of(*node);
  fuse_reply_attr(request, &status, 0);
}

void make_directory(fuse_req_t request, fuse_ino_t parent, const char* name, mode_t mode) {
  const Held held;
  FileSystem& files = file_system();
  Node* const directory = files.find(parent);
  if (directory == nullptr) return fail(request, ENOENT);
  if (files.read_only()) return fail(request, EROFS);
  if (directory->entries.contains(name)) return fail(request, EEXIST);
  const fuse_entry_param entry =
      entry_of(files.make(*directory, name, S_IFDIR | (mode & 07777), *fuse_req_ctx(request)));
  fuse_reply_entry(request, &entry);
}

void unlink_file(fuse_req_t request, fuse_ino_t parent, const char* name) {
  const Held held;
  FileSystem& files = file_system();
  Node* const directory = files.find(parent);
  if (directory == nullptr || !directory->entries.contains(name)) return fail(request, ENOENT);
  if (files.read_only()) return fail(request, EROFS);
  files.unlink(*directory, name);
  fail(request, 0);
}

void remove_directory(fuse_req_t request, fuse_ino_t parent, const char* name) {
  const Held held;
  FileSystem& files = file_system();
  Node* const directory = files.find(parent);
  const Node* const node = directory ? files.find(*directory, name) : nullptr;
  if (node == nullptr) return fail(request, ENOENT);
  if (files.read_only()) return fail(request, EROFS);
  if (!node->entries.empty()) return fail(request, ENOTEMPTY);
  files.unlink(*directory, name);
  fail(request, 0);
}

void rename_entry(fuse_req_t request, fuse_ino_t parent, const char* name, fuse_ino_t new_parent, const char* new_name,
                  unsigned flags) {
  const Held held;
  FileSystem& files = file_system();
  Node* const from = files.find(parent);
  Node* const to = files.find(new_parent);
  if (from == nullptr || to == nullptr || !from->entries.contains(name)) return fail(request, ENOENT);
  if (files.read_only()) return fail(request, EROFS);
  if (flags != 0) return fail(request, EINVAL);
  files.move(*from, name, *to, new_name);
  fail(request, 0);
}

void set_handle(fuse_file_info& info) {
  info.fh = (info.flags & O_ACCMODE) == O_RDONLY ? 0 : kCanWrite;
  info.keep_cache = 0;  // whoever reads a file back asks us
}

void create_file(fuse_req_t request, fuse_ino_t parent, const char* name, mode_t mode, fuse_file_info* info) {
  const Held held;
  FileSystem& files = file_system();
  Node* const directory = files.find(parent);
  if (directory == nullptr || (directory->parent == nullptr && parent != FUSE_ROOT_ID)) return fail(request, ENOENT);
  if (directory->entries.contains(name)) return fail(request, EEXIST);
  const fuse_ctx& caller = *fuse_req_ctx(request);
  const bool of_trial = parent != FUSE_ROOT_ID && std::string_view(name).ends_with(".txt");
  const Answer answer = of_trial ? files.answer_create() : Answer{.error = files.read_only() ? EROFS : 0};
  if (answer.error != 0) return fail(request, answer.error);
  Node& node = files.make(*directory, name, S_IFREG | (mode & 07777), caller);
  if (of_trial) {
    node.trial = files.trial_of_new_file();
    node.maker = caller.pid;
  }
  set_handle(*info);
  const fuse_entry_param entry = entry_of(node);
  fuse_reply_create(request, &entry, info);
}

void open_file(fuse_req_t request, fuse_ino_t number, fuse_file_info* info) {
  const Held held;
  FileSystem& files = file_system();
  Node* const node = files.find(number);
  if (node == nullptr) return fail(request, ENOENT);
  set_handle(*info);
  if (number == kControl) {
    info->direct_io = 1;
  } else {
    const pid_t by = fuse_req_ctx(request)->pid;
    files.opened(*node, by);
    if (const Answer answer = files.answer(Op::kOpen, *node, by); answer.error != 0) return fail(request, answer.error);
    if (files.fault().op == Op::kOpen && files.fault().deed == Deed::kRemove && node->parent == nullptr) {
      return fail(request, ENOENT);  // it was gone before the call
    }
    if (files.read_only() && info->fh == kCanWrite) return fail(request, EROFS);
    if ((info->flags & O_TRUNC) != 0) node->bytes.clear();
  }
  fuse_reply_open(request, info);
}

void read_file(fuse_req_t request, fuse_ino_t number, std::size_t size, off_t offset, fuse_file_info*) {
  const Held held;
  FileSystem& files = file_system();
  Node* const node = files.find(number);
  if (node == nullptr) return fail(request, ENOENT);
  const auto at = static_cast<std::size_t>(offset);
  const std::string report = number == kControl ? files.report() : "";
  if (number != kControl) {
    const Answer answer = files.answer(Op::kRead, *node, fuse_req_ctx(request)->pid, at);
    if (answer.error != 0) return fail(request, answer.error);
  }
  const std::string& bytes = number == kControl ? report : node->bytes;
  const std::size_t from = std::min(at, bytes.size());
  fuse_reply_buf(request, bytes.data() + from, std::min(size, bytes.size() - from));
}

void write_file(fuse_req_t request, fuse_ino_t number, const char* bytes, std::size_t size, off_t offset,
                fuse_file_info* info) {
  const Held held;
  FileSystem& files = file_system();
  Node* const node = files.find(number);
  if (node == nullptr) return fail(request, ENOENT);
  if (number == kControl) {
    try {
      files.set(parse_fault({bytes, size}));
      fuse_reply_write(request, size);
    } catch (const std::exception&) {
      fail(request, EINVAL);
    }
    return;
  }
  const auto at = static_cast<std::size_t>(offset);
  const Answer answer = files.answer(Op::kWrite, *node, fuse_req_ctx(request)->pid, at, size, info->writepage != 0);
  if (answer.error != 0) return fail(request, answer.error);
  const std::size_t taken = std::min(size, answer.most_bytes);
  node->bytes.resize(std::max(node->bytes.size(), at + taken));
  std::memcpy(node->bytes.data() + at, bytes, taken);
  FileSystem::touch(*node);
  fuse_reply_write(request, taken);
}

void flush_file(fuse_req_t request, fuse_ino_t number, fuse_file_info* info) {
  const Held held;
  Node* const node = file_system().find(number);
  if (node == nullptr || number == kControl || info->fh != kCanWrite) return fail(request, 0);
  fail(request, file_system().answer(Op::kClose, *node, fuse_req_ctx(request)->pid).error);
}

void sync_file(fuse_req_t request, fuse_ino_t number, int, fuse_file_info*) {
  const Held held;
  Node* const node = file_system().find(number);
  if (node == nullptr || number == kControl) return fail(request, 0);
  fail(request, file_system().answer(Op::kSync, *node, fuse_req_ctx(request)->pid).error);
}

void release_file(fuse_req_t request, fuse_ino_t, fuse_file_info*) { fail(request, 0); }

void read_directory(fuse_req_t request, fuse_ino_t number, std::size_t size, off_t offset, fuse_file_info*) {
  const Held held;
  const Node* const directory = file_system().find(number);
  if (directory == nullptr) return fail(request, ENOENT);
  std::vector<std::pair<std::string, fuse_ino_t>> names{{".", number}, {"..", FUSE_ROOT_ID}};
  names.insert(names.end(), directory->entries.begin(), directory->entries.end());
  std::string listing(size, '\0');
  std::size_t used = 0;
  for (auto i = static_cast<std::size_t>(offset); i < names.size(); ++i) {
    const Node* const node = file_system().find(names[i].second);
    struct stat status {};
    status.st_ino = names[i].second;
    status.st_mode = node == nullptr ? 0 : node->mode;
    const std::size_t needed = fuse_add_direntry(request, listing.data() + used, size - used, names[i].first.c_str(),
                                                 &status, static_cast<off_t>(i + 1));
    if (needed > size - used) break;
    used += needed;
  }
  fuse_reply_buf(request, listing.data(), used);
}

void describe_space(fuse_req_t request, fuse_ino_t) {
  struct statvfs space {};
  space.f_bsize = space.f_frsize = 4096;
  space.f_blocks = space.f_bfree = space.f_bavail = 1u << 18;
  space.f_files = space.f_ffree = space.f_favail = 1u << 20;
  space.f_namemax = 255;
  fuse_reply_statfs(request, &space);
}

void allocate(fuse_req_t request, fuse_ino_t number, int mode, off_t offset, off_t length, fuse_file_info*) {
  const Held held;
  Node* const node = file_system().find(number);
  if (node == nullptr) return fail(request, ENOENT);
  if ((mode & FALLOC_FL_KEEP_SIZE) == 0) {
    node->bytes.resize(std::max(node->bytes.size(), static_cast<std::size_t>(offset + length)));
  }
  fail(request, 0);
}

fuse_lowlevel_ops operations() {
  fuse_lowlevel_ops calls{};
  calls.init = begin;
  calls.lookup = lookup;
  calls.forget = forget;
  calls.getattr = get_attributes;
  calls.setattr = set_attributes;
  calls.mkdir = make_directory;
  calls.unlink = unlink_file;
  calls.rmdir = remove_directory;
  calls.rename = rename_entry;
  calls.create = create_file;
  calls.open = open_file;
  calls.read = read_file;
  calls.write = write_file;
  calls.flush = flush_file;
  calls.fsync = sync_file;
  calls.release = release_file;
  calls.readdir = read_directory;
  calls.statfs = describe_space;
  calls.fallocate = allocate;
  return calls;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: faulty_fs DIRECTORY\n", stderr);
    return 2;
  }
  std::string program = argv[0];
  std::string options = "-oallow_other,default_permissions,fsname=faulty_fs";
  std::array<char*, 2> arguments{program.data(), options.data()};
  fuse_args args{static_cast<int>(arguments.size()), arguments.data(), 0};
  const fuse_lowlevel_ops calls = operations();
  fuse_session* const session = fuse_session_new(&args, &calls, sizeof calls, nullptr);
  if (session == nullptr || fuse_set_signal_handlers(session) != 0 || fuse_session_mount(session, argv[1]) != 0)
    return 1;
  std::puts("mounted");
  std::fflush(stdout);
  fuse_loop_config* const config = fuse_loop_cfg_create();
  const int status = fuse_session_loop_mt(session, config);
  fuse_loop_cfg_destroy(config);
  fuse_session_unmount(session);
  fuse_remove_signal_handlers(session);
  fuse_session_destroy(session);
  return status < 0 ? 1 : 0;
}
