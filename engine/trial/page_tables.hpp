#pragma once

namespace writebench::engine {

/// Fills the page tables of this process for the pages that a trial needs and a fork leaves out: of the program and its
/// libraries, which fork(2) does not copy, and of small writable regions, which it shares until the first store.
/// Without this, a trial takes these page faults while its clock runs. Does nothing on kernels before 5.14.
void fill_page_tables();

}  // namespace writebench::engine
