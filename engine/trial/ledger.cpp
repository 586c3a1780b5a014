#include "engine/trial/ledger.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <new>
#include <system_error>

namespace writebench::engine {
namespace {

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

struct SharedLedger::Header {
  std::atomic<std::int64_t> clock_on_ns{0};
  std::atomic<std::int64_t> clock_off_ns{0};
  std::atomic<std::uint64_t> writes{0};
  std::atomic<std::uint64_t> syncs{0};
};

// The time is stored last: an entry without one was being made when the trial died.
struct SharedLedger::WriteEntry {
  std::atomic<std::int64_t> completed_ns;
  std::uint64_t offset_bytes;
  std::uint64_t bytes;
  std::uint32_t file;
  std::uint32_t durable;
};

struct SharedLedger::SyncEntry {
  std::atomic<std::int64_t> returned_ns;
  std::int64_t began_ns;
  std::uint64_t file;
};

class SharedLedger::LinesOf final : public LineObserver {
 public:
  LinesOf(SharedLedger& ledger, const LineRange& range, LineObserver* inner)
      : acknowledged_(ledger.acknowledged_), next_(range.first), step_(range.step), inner_(inner) {}

  void line_is_due() override {
    if (inner_ != nullptr) inner_->line_is_due();
  }
  std::optional<Moment> line_to_await() override { return inner_ != nullptr ? inner_->line_to_await() : std::nullopt; }
  void line_has_come() override {
    if (inner_ != nullptr) inner_->line_has_come();
  }
  void line_is_done() override {
    acknowledged_[next_].store(now_ns(), std::memory_order_release);
    next_ += step_;
    if (inner_ != nullptr) inner_->line_is_done();
  }

 private:
  std::atomic<std::int64_t>* const acknowledged_;
  std::uint64_t next_;  // the line that is handed out next, or is in hand
  const std::uint64_t step_;
  LineObserver* const inner_;
};

class SharedLedger::FileOf final : public FileObserver {
 public:
  FileOf(SharedLedger& ledger, std::size_t file) : ledger_(ledger), file_(static_cast<std::uint32_t>(file)) {}

  void wrote(std::uint64_t offset_bytes, std::uint64_t bytes, bool durable) override {
    const std::int64_t completed_ns = now_ns();
    const std::uint64_t index = ledger_.header_->writes.fetch_add(1, std::memory_order_relaxed);
    if (index >= ledger_.entries_) return;
    WriteEntry& entry = ledger_.writes_[index];
    entry.offset_bytes = offset_bytes;
    entry.bytes = bytes;
    entry.file = file_;
    entry.durable = durable ? 1 : 0;
    entry.completed_ns.store(completed_ns, std::memory_order_release);
  }

  std::int64_t sync_begins() override { return now_ns(); }

  void sync_returned(std::int64_t began) override {
    const std::int64_t returned_ns = now_ns();
    const std::uint64_t index = ledger_.header_->syncs.fetch_add(1, std::memory_order_relaxed);
    if (index >= ledger_.entries_) return;
    SyncEntry& entry = ledger_.syncs_[index];
    entry.began_ns = began;
    entry.file = file_;
    entry.returned_ns.store(returned_ns, std::memory_order_release);
  }

 private:
  SharedLedger& ledger_;
  const std::uint32_t file_;
};

std::int64_t Ledger::last_ns() const {
  std::int64_t last = 0;
  for (const std::int64_t time_ns : lines) last = std::max(last, time_ns);
  if (!writes.empty()) last = std::max(last, writes.back().completed_ns);
  if (!syncs.empty()) last = std::max(last, syncs.back().returned_ns);
  return last;
}

// A write or a sync for each line, and as many again for what the kernel takes in pieces.
std::size_t SharedLedger::entries_for(std::uint64_t lines) { return static_cast<std::size_t>(2 * lines + (1u << 16)); }

SharedLedger::SharedLedger(std::uint64_t lines, std::size_t files)
    : lines_(lines),
      entries_(entries_for(lines)),
      bytes_(sizeof(Header) + entries_ * (sizeof(WriteEntry) + sizeof(SyncEntry)) +
             static_cast<std::size_t>(lines) * sizeof(std::atomic<std::int64_t>)) {
  void* const memory =
      ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
  // The kernel's zeros are what an empty ledger consists of.
  memory_ = static_cast<char*>(memory);
  header_ = new (memory_) Header;
  writes_ = reinterpret_cast<WriteEntry*>(memory_ + sizeof(Header));
  syncs_ = reinterpret_cast<SyncEntry*>(writes_ + entries_);
  acknowledged_ = reinterpret_cast<std::atomic<std::int64_t>*>(syncs_ + entries_);
  for (std::size_t file = 0; file < files; ++file) files_.push_back(std::make_unique<FileOf>(*this, file));
}

SharedLedger::~SharedLedger() { ::munmap(memory_, bytes_); }

void SharedLedger::clock_on() { header_->clock_on_ns = now_ns(); }
void SharedLedger::clock_off() { header_->clock_off_ns = now_ns(); }

LineObserver* SharedLedger::observe_lines(const LineRange& range, LineObserver* inner) {
  const std::lock_guard lock(mutex_);
  return observers_.emplace_back(std::make_unique<LinesOf>(*this, range, inner)).get();
}

Ledger SharedLedger::read() const {
  Ledger ledger;
  ledger.clock_on_ns = header_->clock_on_ns;
  ledger.clock_off_ns = header_->clock_off_ns;
  ledger.lines.reserve(static_cast<std::size_t>(lines_));
  for (std::uint64_t line = 0; line < lines_; ++line) {
    ledger.lines.push_back(acknowledged_[line].load(std::memory_order_acquire));
  }
  const std::uint64_t writes = header_->writes.load();
  const std::uint64_t syncs = header_->syncs.load();
  ledger.overflowed = writes > entries_ || syncs > entries_;
  for (std::uint64_t i = 0; i < std::min<std::uint64_t>(writes, entries_); ++i) {
    const WriteEntry& entry = writes_[i];
    const std::int64_t completed_ns = entry.completed_ns.load(std::memory_order_acquire);
    if (completed_ns == 0) continue;
    ledger.writes.push_back({entry.file, entry.offset_bytes, entry.bytes, completed_ns, entry.durable != 0});
  }
  std::stable_sort(ledger.writes.begin(), ledger.writes.end(),
                   [](const auto& a, const auto& b) { return a.completed_ns < b.completed_ns; });
  for (std::uint64_t i = 0; i < std::min<std::uint64_t>(syncs, entries_); ++i) {
    const SyncEntry& entry = syncs_[i];
    const std::int64_t returned_ns = entry.returned_ns.load(std::memory_order_acquire);
    if (returned_ns == 0) continue;
    // A write's time is read after it, and a sync's before it, so one that is not later was complete.
    const auto covered = std::upper_bound(ledger.writes.begin(), ledger.writes.end(), entry.began_ns,
                                          [](std::int64_t ns, const auto& write) { return ns < write.completed_ns; });
    ledger.syncs.push_back({static_cast<std::size_t>(entry.file),
                            static_cast<std::size_t>(covered - ledger.writes.begin()), entry.began_ns, returned_ns});
  }
  std::stable_sort(ledger.syncs.begin(), ledger.syncs.end(),
                   [](const auto& a, const auto& b) { return a.returned_ns < b.returned_ns; });
  return ledger;
}

}  // namespace writebench::engine
