#pragma once

#include <utility>

#include "writebench/block.hpp"
#include "writebench/job.hpp"

namespace writebench::strategies {

/// Writes the lines of one writer through `block` to a file that nobody else writes to.
inline void write_share(Job& job, unsigned writer, Block block, File& file) {
  const bool each_line = job.each_line_durable();
  for (const std::string_view line : job.lines(writer)) {
    if (!block.fits(line)) file.write_all(block.take());
    block.append(line);
    if (each_line) file.write_all(block.take());
  }
  file.write_all(block.take());
}

}  // namespace writebench::strategies
