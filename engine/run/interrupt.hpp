#pragma once

namespace writebench::engine {

/// From now on a signal only records that the user wants to stop, and work in trials ends by itself; see
/// note_signals(), which says for how long. Process-wide; call once, early.
void catch_interrupts();

/// The number of the first signal that asked to stop; 0 if there was none.
int interrupted();

}  // namespace writebench::engine
