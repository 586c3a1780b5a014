// An asynchronous logger of Boost.Log 1.74: each producer makes a record (an object on the heap with its attributes and
// the text, through a stream that the library keeps for reuse), and pushes a reference to it into the queue of an
// asynchronous_sink under a mutex. The sink's thread takes record after record, formats it (%Message%, another copy),
// and writes it through a text_ostream_backend on a std::ofstream, which has a buffer of 8 KiB. The thread is woken
// when the queue was empty, and a producer that waits is woken for each free place.
//
// The queue is a bounded_fifo_queue of 8192 records, as many as spdlog's has by default; its length is a template
// argument and not an option. Its policy is block_on_overflow, so nothing is dropped. Memory is those records, some 400
// bytes each and more for longer lines. Each writer's lines stay in order. No line is durable when its append returns:
// flush() would wait for the queue, but it makes producers that wait for a free place drop their records. The backend
// looks at the state of its stream before each record and silently leaves out those after an error; here the stream
// throws, and the first error is kept. Good: records with attributes, filters and many sinks, away from the disk. Bad:
// plain lines, for which it costs more than any other logger here.
#include <cstdint>

#include "strategies/support/without_library.hpp"

#if WRITEBENCH_HAS_BOOST_LOG
#include <atomic>
#include <boost/log/core.hpp>
#include <boost/log/expressions.hpp>
#include <boost/log/sinks/async_frontend.hpp>
#include <boost/log/sinks/block_on_overflow.hpp>
#include <boost/log/sinks/bounded_fifo_queue.hpp>
#include <boost/log/sinks/text_ostream_backend.hpp>
#include <boost/log/sources/logger.hpp>
#include <boost/log/sources/record_ostream.hpp>
#include <boost/smart_ptr/make_shared.hpp>
#include <boost/thread/exceptions.hpp>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <fstream>
#include <optional>
#include <system_error>

#include "strategies/support/library_file.hpp"
#include "strategies/support/producer_threads.hpp"
#endif

namespace writebench::strategies {
namespace {

constexpr std::uint64_t kQueuedRecords = 8192;
constexpr std::uint64_t kStreamBytes = BUFSIZ;  // of libstdc++

#if WRITEBENCH_HAS_BOOST_LOG

namespace log = boost::log;

// The library's backend on a std::ofstream, which also reports to File, and writes nothing after an error. For the
// sink's thread, and for one other while nothing is in the queue.
class ReportingBackend : public log::sinks::text_ostream_backend {
  using Base = log::sinks::text_ostream_backend;

 public:
  explicit ReportingBackend(File& file) : stream_(boost::make_shared<std::ofstream>()), file_(opened(file)) {
    stream_->exceptions(std::ios::badbit | std::ios::failbit);
    add_stream(stream_);
  }

  void consume(const log::record_view& record, const string_type& text) {
    if (is_stopped_) return;
    try {
      Base::consume(record, text);
    } catch (const std::ios_base::failure&) {
      throw file_.write_error();
    }
    file_.appended(text.size() + 1);  // it adds the newline
  }

  void flush() {
    if (is_stopped_) return;
    try {
      Base::flush();
    } catch (const std::ios_base::failure&) {
      throw file_.write_error();
    }
    file_.flushed();
  }

  void stop() { is_stopped_ = true; }

  /// After a flush.
  void close() {
    errno = 0;
    try {
      stream_->close();
    } catch (const std::ios_base::failure&) {
      if (errno != EINTR) throw file_.close_error();
    }
  }

 private:
  LibraryFile opened(File& file) {
    return {file, kStreamBytes, [&] {
              do {
                errno = 0;
                stream_->clear();
                // Not to empty the file needs `in` too (std::basic_filebuf::open).
                stream_->open(file.path(), std::ios::binary | std::ios::in | std::ios::out);
              } while (!*stream_ && errno == EINTR);
            }};
  }

  const boost::shared_ptr<std::ofstream> stream_;
  LibraryFile file_;
  bool is_stopped_ = false;
};

using Queue = log::sinks::bounded_fifo_queue<kQueuedRecords, log::sinks::block_on_overflow>;
using Sink = log::sinks::asynchronous_sink<ReportingBackend, Queue>;

class BoostLogAsync final : public Strategy {
 public:
  ~BoostLogAsync() override {
    if (sink_) log::core::get()->remove_sink(sink_);
  }

  void prepare(Job& job) override {
    backend_ = boost::make_shared<ReportingBackend>(job.file());
    try {
      sink_ = boost::make_shared<Sink>(backend_);
    } catch (const boost::thread_resource_error& error) {
      throw std::system_error(error.native_error(), std::generic_category(), "cannot start the thread of the sink");
    }
    sink_->set_formatter(log::expressions::stream << log::expressions::smessage);
    sink_->set_exception_handler([this] { keep_error(); });
    log::core::get()->add_sink(sink_);
    producers_.start(job, job.writers(), [this, &job](unsigned writer) {
      log::sources::logger logger;
      for (const std::string_view line : job.lines(writer)) {
        rethrow_if_failed();
        BOOST_LOG(logger) << line.substr(0, line.size() - 1);
      }
    });
  }

  void run(Job& job) override {
    producers_.run();
    job.submitted();
    sink_->flush();
    rethrow_if_failed();
  }

  void close(Job& job) override {
    backend_->close();
    Strategy::close(job);
  }

 private:
  // In the sink's thread, for an exception that is being handled. Records that come later are dropped.
  void keep_error() {
    backend_->stop();
    if (failed_.load(std::memory_order_relaxed)) return;
    error_ = std::current_exception();
    failed_.store(true, std::memory_order_release);
  }

  void rethrow_if_failed() const {
    if (failed_.load(std::memory_order_acquire)) [[unlikely]]
      std::rethrow_exception(error_);
  }

  std::atomic<bool> failed_{false};
  std::exception_ptr error_;  // written once, before failed_
  boost::shared_ptr<ReportingBackend> backend_;
  boost::shared_ptr<Sink> sink_;
  ProducerThreads producers_;
};

#endif

}  // namespace

Descriptor boost_log_async_entry() {
  Descriptor entry{.name = "boost-log-async",
                   .family = "through a library",
                   .summary = "producers queue each record for the thread of a Boost.Log sink",
                   .contract = {.order = Order::kPerWriter, .each_line_durable = false},
                   .access = {.by_name = true},
                   .options = {&kWriters},
                   .simpler = {.strategy = "queue-per-line",
                               .adds = "makes a log record per line",
                               .starting_with = {{&kWriters, 1}},
                               .growing = {{&kWriters, "has # producers"}}},
                   .may_lose_bytes = [](const LossConditions& given) {
                     // The records in the queue, the one that is written, and the first line in the buffer, of which
                     // the kernel may have the start.
                     return (kQueuedRecords + 2) * given.longest_line_bytes + kStreamBytes;
                   }};
#if WRITEBENCH_HAS_BOOST_LOG
  entry.make = make_strategy<BoostLogAsync>;
  return entry;
#else
  return without_library(std::move(entry), "libboost-log-dev");
#endif
}

}  // namespace writebench::strategies
