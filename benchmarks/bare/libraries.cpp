// The libraries as a program of ten lines uses them. Whether each is there is known when this is compiled.
#include <array>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "benchmarks/bare/loops.hpp"
#include "benchmarks/bare/threads.hpp"

#if WRITEBENCH_HAS_LIBUV
#include <fcntl.h>
#include <uv.h>
#endif
#if WRITEBENCH_HAS_LIBURING
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/stream_file.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>
#endif
#if WRITEBENCH_HAS_SPDLOG
#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/spdlog.h>
#endif
#if WRITEBENCH_HAS_GIO
#include <gio/gio.h>
#endif
#if WRITEBENCH_HAS_LEVELDB
#include <leveldb/env.h>
#endif
#if WRITEBENCH_HAS_BOOST_LOG
#include <boost/log/core.hpp>
#include <boost/log/expressions.hpp>
#include <boost/log/sinks/async_frontend.hpp>
#include <boost/log/sinks/block_on_overflow.hpp>
#include <boost/log/sinks/bounded_fifo_queue.hpp>
#include <boost/log/sinks/text_ostream_backend.hpp>
#include <boost/log/sources/logger.hpp>
#include <boost/log/sources/record_ostream.hpp>
#include <boost/smart_ptr/make_shared.hpp>
#endif

namespace writebench::bare {
namespace {

template <class Use>
[[maybe_unused]] void for_each_line(const Job& job, unsigned writer, unsigned writers, Use use) {
  CounterLines lines(job.content().lines(), writer, writers);
  lines.each([&](std::string_view line) { use(line); });
}

// Threads if there are several writers, else the caller.
class [[maybe_unused]] Producers {
 public:
  void start(unsigned writers, std::function<void(unsigned)> produce) {
    produce_ = std::move(produce);
    if (writers > 1) threads_.emplace().start(writers, produce_);
  }
  void run() { threads_ ? threads_->run() : produce_(0); }

 private:
  std::function<void(unsigned)> produce_;
  std::optional<Threads> threads_;
};

#if WRITEBENCH_HAS_LIBUV

class Libuv : public Strategy {
 public:
  void prepare(Job& job) override {
    ::setenv("UV_THREADPOOL_SIZE", std::to_string(job.value(kThreads)).c_str(), 1);
    uv_work_t nothing;
    uv_fs_t opening;
    if (uv_loop_init(&loop_) != 0) std::abort();
    uv_queue_work(
        &loop_, &nothing, [](uv_work_t*) {}, nullptr);  // starts the pool
    uv_run(&loop_, UV_RUN_DEFAULT);
    file_ = uv_fs_open(nullptr, &opening, job.path().c_str(), O_WRONLY, 0, nullptr);
    if (file_ < 0) std::abort();
  }

 protected:
  void close() {
    uv_fs_t closing;
    if (uv_fs_close(nullptr, &closing, file_, nullptr) != 0 || uv_loop_close(&loop_) != 0) std::abort();
  }

  uv_loop_t loop_;
  uv_file file_ = -1;
};

class LibuvAwaited final : public Libuv {
 public:
  void run(Job& job) override {
    lines_.emplace(job.content().lines());
    request_.data = this;
    write_next();
    uv_run(&loop_, UV_RUN_DEFAULT);
    close();
  }

 private:
  void write_next() {
    line_ = lines_->next();
    if (line_.empty()) return;
    const uv_buf_t part = uv_buf_init(const_cast<char*>(line_.data()), static_cast<unsigned>(line_.size()));
    uv_fs_write(&loop_, &request_, file_, &part, 1, -1, [](uv_fs_t* request) {
      auto* const self = static_cast<LibuvAwaited*>(request->data);
      if (request->result != static_cast<ssize_t>(self->line_.size())) std::abort();
      uv_fs_req_cleanup(request);
      self->write_next();
    });
  }

  std::optional<CounterLines> lines_;
  std::string_view line_;
  uv_fs_t request_;
};

class LibuvBatched final : public Libuv {
 public:
  void prepare(Job& job) override {
    Libuv::prepare(job);
    writes_.resize(job.value(kBlocksInFlight) + 1);
    for (Write& write : writes_) write.bytes.resize(job.value(kBufferSize));
    lines_.emplace(job.content().lines());
    for (Write& write : writes_) free_.push_back(&write);
  }

  void run(Job&) override {
    write_blocks();
    uv_run(&loop_, UV_RUN_DEFAULT);
    close();
  }

 private:
  struct Write {
    std::vector<char> bytes;
    std::size_t used = 0;
    uv_fs_t request;
    LibuvBatched* self = nullptr;
  };

  // Fills the next block, also while no further write may start.
  void write_blocks() {
    for (;;) {
      Write* const write = free_.back();
      if (write->used == 0) write->used = lines_->fill(write->bytes);
      if (write->used == 0 || free_.size() == 1) return;
      free_.pop_back();
      write->self = this;
      write->request.data = write;
      const uv_buf_t part = uv_buf_init(write->bytes.data(), static_cast<unsigned>(write->used));
      uv_fs_write(&loop_, &write->request, file_, &part, 1, std::exchange(end_, end_ + static_cast<long>(write->used)),
                  [](uv_fs_t* request) {
                    auto* const done = static_cast<Write*>(request->data);
                    if (request->result != static_cast<ssize_t>(std::exchange(done->used, 0))) std::abort();
                    uv_fs_req_cleanup(request);
                    done->self->free_.insert(done->self->free_.begin(), done);  // the last one may be full
                    done->self->write_blocks();
                  });
    }
  }

  std::vector<Write> writes_;
  std::vector<Write*> free_;
  std::optional<CounterLines> lines_;
  long end_ = 0;
};

#endif
#if WRITEBENCH_HAS_LIBURING

class AsioStreamFile final : public Strategy {
 public:
  void prepare(Job& job) override {
    block_.resize(job.value(kBufferSize));
    file_.emplace(context_, job.path(), asio::stream_file::write_only);
  }

  void run(Job& job) override {
    asio::co_spawn(context_, write_lines(job.content().lines()), asio::detached);
    context_.run();
    file_->close();
  }

 private:
  asio::awaitable<void> write_lines(std::uint64_t count) {
    CounterLines lines(count);
    while (const std::size_t bytes = lines.fill(block_)) {
      co_await asio::async_write(*file_, asio::buffer(block_, bytes), asio::use_awaitable);
    }
  }

  std::vector<char> block_;
  asio::io_context context_{1};
  std::optional<asio::stream_file> file_;
};

#endif
#if WRITEBENCH_HAS_SPDLOG

std::shared_ptr<spdlog::sinks::basic_file_sink_mt> spdlog_sink(const Job& job) {
  auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(job.path());
  sink->set_pattern("%v");
  return sink;
}

spdlog::string_view_t without_newline(std::string_view line) { return {line.data(), line.size() - 1}; }

class SpdlogSync final : public Strategy {
 public:
  void prepare(Job& job) override { logger_ = std::make_shared<spdlog::logger>("log", spdlog_sink(job)); }

  void run(Job& job) override {
    for_each_line(job, 0, 1, [&](std::string_view line) { logger_->info(without_newline(line)); });
    logger_.reset();
  }

 private:
  std::shared_ptr<spdlog::logger> logger_;
};

class SpdlogAsync final : public Strategy {
 public:
  void prepare(Job& job) override {
    spdlog::init_thread_pool(spdlog::details::default_async_q_size, 1);
    logger_ = std::make_shared<spdlog::async_logger>("log", spdlog_sink(job), spdlog::thread_pool(),
                                                     spdlog::async_overflow_policy::block);
    const unsigned writers = job.writers();
    producers_.start(writers, [this, &job, writers](unsigned writer) {
      for_each_line(job, writer, writers, [&](std::string_view line) { logger_->info(without_newline(line)); });
    });
  }

  void run(Job&) override {
    producers_.run();
    logger_.reset();
    spdlog::shutdown();
  }

 private:
  std::shared_ptr<spdlog::logger> logger_;
  Producers producers_;
};

#endif
#if WRITEBENCH_HAS_BOOST_LOG

class BoostLogAsync final : public Strategy {
 public:
  void prepare(Job& job) override {
    const auto backend = boost::make_shared<boost::log::sinks::text_ostream_backend>();
    backend->add_stream(boost::make_shared<std::ofstream>(job.path(), std::ios::binary | std::ios::in | std::ios::out));
    sink_ = boost::make_shared<Sink>(backend);
    sink_->set_formatter(boost::log::expressions::stream << boost::log::expressions::smessage);
    boost::log::core::get()->add_sink(sink_);
    const unsigned writers = job.writers();
    producers_.start(writers, [&job, writers](unsigned writer) {
      boost::log::sources::logger logger;
      for_each_line(job, writer, writers,
                    [&](std::string_view line) { BOOST_LOG(logger) << line.substr(0, line.size() - 1); });
    });
  }

  void run(Job&) override {
    producers_.run();
    sink_->flush();
    boost::log::core::get()->remove_sink(sink_);
    sink_.reset();
  }

 private:
  using Queue = boost::log::sinks::bounded_fifo_queue<8192, boost::log::sinks::block_on_overflow>;
  using Sink = boost::log::sinks::asynchronous_sink<boost::log::sinks::text_ostream_backend, Queue>;

  boost::shared_ptr<Sink> sink_;
  Producers producers_;
};

#endif
#if WRITEBENCH_HAS_GIO

class GlibOutputStream final : public Strategy {
 public:
  void prepare(Job& job) override {
    GFile* const name = g_file_new_for_path(job.path().c_str());
    GFileOutputStream* const base = g_file_append_to(name, G_FILE_CREATE_NONE, nullptr, nullptr);
    stream_ = g_buffered_output_stream_new_sized(reinterpret_cast<GOutputStream*>(base), job.value(kBufferSize));
  }

  void run(Job& job) override {
    for_each_line(job, 0, 1, [&](std::string_view line) {
      if (!g_output_stream_write_all(stream_, line.data(), line.size(), nullptr, nullptr, nullptr)) std::abort();
    });
    if (!g_output_stream_close(stream_, nullptr, nullptr)) std::abort();
  }

 private:
  GOutputStream* stream_ = nullptr;
};

#endif
#if WRITEBENCH_HAS_LEVELDB

class LeveldbWritableFile final : public Strategy {
 public:
  void prepare(Job& job) override {
    leveldb::WritableFile* file = nullptr;
    if (!leveldb::Env::Default()->NewWritableFile(job.path(), &file).ok()) std::abort();
    file_.reset(file);
  }

  void run(Job& job) override {
    for_each_line(job, 0, 1, [&](std::string_view line) {
      if (!file_->Append({line.data(), line.size()}).ok()) std::abort();
    });
    if (!file_->Close().ok()) std::abort();
  }

 private:
  std::unique_ptr<leveldb::WritableFile> file_;
};

#endif

}  // namespace

std::vector<Descriptor> libraries_loops() {
  return {
#if WRITEBENCH_HAS_LIBUV
    entry("libuv-awaited", make_strategy<LibuvAwaited>), entry("libuv-batched", make_strategy<LibuvBatched>),
#endif
#if WRITEBENCH_HAS_LIBURING
        entry("asio-stream-file", make_strategy<AsioStreamFile>),
#endif
#if WRITEBENCH_HAS_SPDLOG
        entry("spdlog-sync", make_strategy<SpdlogSync>), entry("spdlog-async", make_strategy<SpdlogAsync>),
#endif
#if WRITEBENCH_HAS_BOOST_LOG
        entry("boost-log-async", make_strategy<BoostLogAsync>),
#endif
#if WRITEBENCH_HAS_GIO
        entry("glib-output-stream", make_strategy<GlibOutputStream>),
#endif
#if WRITEBENCH_HAS_LEVELDB
        entry("leveldb-writable-file", make_strategy<LeveldbWritableFile>),
#endif
  };
}

}  // namespace writebench::bare
