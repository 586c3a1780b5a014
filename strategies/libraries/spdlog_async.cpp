// The asynchronous logger of spdlog 1.10: producers put each record into the ring of its thread pool, whose one thread
// formats it (pattern %v) and writes it through basic_file_sink. A record is a copy of the line and of the logger's
// name (in the record up to 250 bytes, else on the heap), the time, the thread's number, and a shared pointer to the
// logger. It is moved in and out of the ring under one mutex, and every record notifies a condition variable on both
// sides: a wake-up whenever the thread has caught up, and many of them when the ring is full.
//
// The ring has `queue` records, by default as many as spdlog's (8192), and its policy is to block: a producer that
// finds it full waits, and nothing is dropped. Memory is the ring, about 400 bytes a record and more for longer lines.
// Each writer's lines stay in order, because the pool has one thread. Its flush() only queues a request, so no line can
// be durable when its append returns. After the first error the thread drops what comes, and the strategy fails. Good:
// a slow disk holds no caller that logs seldom. Bad: many lines: the hand-over costs several times what spdlog-sync
// takes.
#include "strategies/support/stdio_stream.hpp"
#include "strategies/support/without_library.hpp"

#if WRITEBENCH_HAS_SPDLOG
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>

#include <atomic>
#include <exception>
#include <memory>

#include "strategies/libraries/spdlog_file.hpp"
#include "strategies/support/producer_threads.hpp"
#include "strategies/support/start_thread.hpp"
#endif

namespace writebench::strategies {
namespace {

constexpr Option kQueue{.name = "queue",
                        .key = "queue_records",
                        .summary = "records that wait for the thread",
                        .usual = 8192,
                        .max = 1 << 24};

#if WRITEBENCH_HAS_SPDLOG

// Passes records on to the file, reports them, and keeps the first error. For the thread of the pool, except for
// rethrow_if_failed().
class ReportingSink final : public spdlog::sinks::sink {
 public:
  explicit ReportingSink(SpdlogFile& file) : file_(file) {}

  void log(const spdlog::details::log_msg& record) override {
    if (failed_.load(std::memory_order_relaxed)) return;
    try {
      write(record);
    } catch (...) {
      error_ = std::current_exception();
      failed_.store(true, std::memory_order_release);
    }
  }
  void flush() override {}
  void set_pattern(const std::string& pattern) override { file_.sink()->set_pattern(pattern); }
  void set_formatter(std::unique_ptr<spdlog::formatter> formatter) override {
    file_.sink()->set_formatter(std::move(formatter));
  }

  void rethrow_if_failed() const {
    if (failed_.load(std::memory_order_acquire)) [[unlikely]]
      std::rethrow_exception(error_);
  }

 private:
  void write(const spdlog::details::log_msg& record) {
    try {
      file_.sink()->log(record);
    } catch (const spdlog::spdlog_ex&) {
      throw file_.write_error();
    }
    file_.appended(record.payload.size() + 1);
  }

  SpdlogFile& file_;
  std::atomic<bool> failed_{false};
  std::exception_ptr error_;  // written once, before failed_
};

class SpdlogAsync final : public Strategy {
 public:
  void prepare(Job& job) override {
    file_.open(job.file());
    sink_ = std::make_shared<ReportingSink>(file_);
    try {
      pool_ = std::make_shared<spdlog::details::thread_pool>(job.value(kQueue), 1);
    } catch (const std::system_error& error) {
      throw std::system_error(error.code(), "cannot start the thread of spdlog's pool");
    }
    constexpr auto kBlock = spdlog::async_overflow_policy::block;
    logger_ = std::make_shared<spdlog::async_logger>("log", sink_, pool_, kBlock);
    producers_.start(job, job.writers(), [this, &job](unsigned writer) {
      for (const std::string_view line : job.lines(writer)) {
        sink_->rethrow_if_failed();
        logger_->log(spdlog::level::info, SpdlogFile::text_of(line));
      }
    });
  }

  void run(Job& job) override {
    producers_.run();
    job.submitted();
    pool_.reset();  // its thread ends once it has written all
    sink_->rethrow_if_failed();
    file_.flush();
  }

  void close(Job& job) override {
    logger_.reset();
    sink_.reset();
    file_.close();
    Strategy::close(job);
  }

 private:
  SpdlogFile file_;
  std::shared_ptr<ReportingSink> sink_;
  std::shared_ptr<spdlog::details::thread_pool> pool_;
  std::shared_ptr<spdlog::async_logger> logger_;
  ProducerThreads producers_;
};

#endif

}  // namespace

Descriptor spdlog_async_entry() {
  Descriptor entry{.name = "spdlog-async",
                   .family = "through a library",
                   .summary = "producers queue each record for the thread of spdlog's pool",
                   .contract = {.order = Order::kPerWriter, .each_line_durable = false},
                   .access = {.append = true, .by_name = true},
                   .options = {&kWriters, &kQueue},
                   .simpler = {.strategy = "spdlog-sync",
                               .adds = "queues each for a thread",
                               .starting_with = {{&kWriters, 1}},
                               .growing = {{&kWriters, "has # producers"}}},
                   .may_lose_bytes = [](const LossConditions& given) {
                     const std::uint64_t records = given.parameters.value(kQueue) + 1;  // and the one that is written
                     return records * given.longest_line_bytes + StdioStream::may_hold_bytes(given);
                   }};
#if WRITEBENCH_HAS_SPDLOG
  entry.make = make_strategy<SpdlogAsync>;
  return entry;
#else
  return without_library(std::move(entry), "libspdlog-dev");
#endif
}

}  // namespace writebench::strategies
