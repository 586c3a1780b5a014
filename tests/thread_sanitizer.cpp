// What the thread sanitizer is told by the test programs. Its run time calls this function when a program starts.

// Debian's Boost.Log is not built for the sanitizer, which therefore sees that one thread reads a record and another
// one frees it, but not the atomic reference count between the two.
extern "C" const char* __tsan_default_suppressions() { return "race:boost::log\n"; }
