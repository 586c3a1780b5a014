#include "engine/machine/sync_probe.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <limits>
#include <vector>

#include "engine/machine/block_device.hpp"
#include "engine/until_done.hpp"
#include "writebench/errors.hpp"

namespace writebench::engine {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kBlockBytes = 64 << 10;  // enough to need new blocks, whose allocation is part of what is written
constexpr int kMostSyncs = 16;
constexpr int kLeastAttempts = 3;
constexpr std::chrono::milliseconds kMostTime{30};  // of each part, after the first attempts

// A sync that takes no longer than this beyond one that is known to do nothing does nothing either. What really reaches
// a device takes tens of microseconds.
constexpr std::int64_t kCallRatio = 4;
constexpr std::int64_t kCallSlackNs = 1000;

class ProbeFile {
 public:
  ProbeFile(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {
    if (descriptor_ < 0) throw IoError("open", path_, errno);
  }
  ProbeFile(const ProbeFile&) = delete;
  ProbeFile& operator=(const ProbeFile&) = delete;
  ~ProbeFile() { ::close(descriptor_); }

  static ProbeFile in_memory() { return {::memfd_create("sync", MFD_CLOEXEC), "memfd"}; }
  static ProbeFile at(const std::string& path) {
    return {until_done([&] { return ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600); }), path};
  }

  void append(const std::string& block) const {
    for (std::size_t done = 0; done < block.size();) {
      const ssize_t count = ::write(descriptor_, block.data() + done, block.size() - done);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) throw IoError("write", path_, count < 0 ? errno : EIO);
      done += static_cast<std::size_t>(count);
    }
  }

  // Returns how long that took.
  std::int64_t sync(const SyncProbeCalls& calls) const {
    const steady_clock::time_point began = steady_clock::now();
    if (until_done([&] { return calls.sync(descriptor_); }) != 0) throw IoError("fdatasync", path_, errno);
    return std::chrono::nanoseconds(steady_clock::now() - began).count();
  }

  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
  std::string path_;
};

// Removes a file that the probe made, whatever happens.
struct Removed {
  const std::string& path;
  ~Removed() { ::unlink(path.c_str()); }
};

std::int64_t quantile(std::vector<std::int64_t> values, std::size_t numerator, std::size_t denominator) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(values.size() * numerator / denominator);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

class Attempts {
 public:
  bool more() {
    ++made_;
    return made_ <= kLeastAttempts || (made_ <= kMostSyncs && steady_clock::now() - began_ < kMostTime);
  }

 private:
  const steady_clock::time_point began_ = steady_clock::now();
  int made_ = 0;
};

// What the device was sent beyond what this process made dirty, in each of several intervals.
class BeyondData {
 public:
  explicit BeyondData(const SyncProbeCalls& calls) : calls_(calls) {}

  void begin() {
    device_ = calls_.device_bytes();
    dirtied_ = calls_.dirtied_bytes();
  }

  void end() {
    const auto device = calls_.device_bytes();
    if (!device || !device_) return;
    sent_ += *device - *device_;
    least_sent_ = std::min(least_sent_, *device - *device_);
    beyond_.push_back(*device - *device_ - (calls_.dirtied_bytes() - dirtied_));
  }

  bool known() const { return !beyond_.empty(); }
  bool sent_nothing() const { return known() && sent_ == 0; }
  bool sent_each_block() const { return known() && least_sent_ >= static_cast<std::int64_t>(kBlockBytes); }

  std::optional<std::int64_t> lower_quartile() const {
    if (!known()) return std::nullopt;
    return std::max<std::int64_t>(0, quantile(beyond_, 1, 4));
  }

 private:
  const SyncProbeCalls& calls_;
  std::optional<std::int64_t> device_;
  std::int64_t dirtied_ = 0;
  std::int64_t sent_ = 0;
  std::int64_t least_sent_ = std::numeric_limits<std::int64_t>::max();  // in one interval
  std::vector<std::int64_t> beyond_;
};

// How long a sync takes that does nothing: that of a file in memory.
std::int64_t bare_sync_ns(const std::string& block) {
  const SyncProbeCalls real{.sync = ::fdatasync, .device_bytes = {}, .dirtied_bytes = {}};
  const ProbeFile file = ProbeFile::in_memory();
  std::vector<std::int64_t> times_ns;
  for (int i = 0; i < kMostSyncs; ++i) {
    file.append(block.substr(0, 1));
    times_ns.push_back(file.sync(real));
  }
  return quantile(times_ns, 1, 2);
}

void try_syncs(const std::string& path, const std::string& block, const SyncProbeCalls& calls, Syncing& found) {
  const ProbeFile file = ProbeFile::at(path);
  const Removed removed{path};
  std::vector<std::int64_t> times_ns;
  BeyondData beyond(calls);
  for (Attempts attempts; attempts.more();) {
    beyond.begin();
    file.append(block);
    times_ns.push_back(file.sync(calls));
    beyond.end();
  }
  found.sync_ns = quantile(times_ns, 1, 2);
  found.bytes_beyond_data = beyond.lower_quartile();
  // On a fast disk, under a tracer that makes every call slow, the time alone would say so of a sync that works.
  const bool quick = found.sync_ns <= kCallRatio * bare_sync_ns(block) + kCallSlackNs;
  found.does_nothing = beyond.sent_nothing() || (quick && !beyond.sent_each_block());
}

// What a trial does around its measurement.
void try_new_files(const std::string& path, const SyncProbeCalls& calls, Syncing& found) {
  BeyondData beyond(calls);
  for (Attempts attempts; attempts.more();) {
    beyond.begin();
    const ProbeFile file = ProbeFile::at(path);
    const Removed removed{path};
    until_done([&] { return ::syncfs(file.descriptor()); });
    beyond.end();
  }
  found.bytes_per_file = beyond.lower_quartile();
}

}  // namespace

Syncing probe_syncing(const std::string& directory) {
  const auto device = device_number_of(directory);
  return probe_syncing(directory, {.sync = ::fdatasync,
                                   .device_bytes = [&] { return device ? bytes_written_to(*device) : std::nullopt; },
                                   .dirtied_bytes = [] { return requested_bytes().dirtied; }});
}

Syncing probe_syncing(const std::string& directory, const SyncProbeCalls& calls) {
  Syncing found;
  const std::string path = directory + "/sync-probe";
  const std::string block(kBlockBytes, 'p');
  try_syncs(path, block, calls, found);
  if (!found.does_nothing) try_new_files(path, calls, found);
  return found;
}

}  // namespace writebench::engine
