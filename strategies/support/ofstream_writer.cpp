#include "strategies/support/ofstream_writer.hpp"

#include <cerrno>

namespace writebench::strategies {

void OfstreamWriter::close() {
  errno = 0;
  out_.close();
  if (!out_ && errno != EINTR) throw file_->close_error();
}

}  // namespace writebench::strategies
