#include "engine/run/interrupt.hpp"

#include "engine/process/signals.hpp"

namespace writebench::engine {

void catch_interrupts() { note_signals(); }

int interrupted() { return noted_signal(); }

}  // namespace writebench::engine
