#pragma once

#include <cstddef>

namespace writebench::strategies {

// Some libraries end the program if the system refuses them something, or lose the reason. A strategy that uses such a
// library asks the system first, in prepare(): each of these takes what the library will take, and gives it back.

/// Throws std::system_error, with EMFILE or ENFILE, if so many files cannot be opened.
void expect_descriptors(unsigned count);

/// Throws std::system_error if so many threads cannot be started at once. On return they are gone.
void expect_threads(unsigned count);

/// Throws std::bad_alloc if the process cannot get so many bytes more.
void expect_memory(std::size_t bytes);

}  // namespace writebench::strategies
