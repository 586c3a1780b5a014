#pragma once

namespace writebench::cli {

/// Gives each of the descriptors 0 to 2 that is closed to /dev/null, so that no file opened later gets its number, and
/// with it what is meant for people. Whoever writes to stdout or stderr then still fails, as with a closed one. Call it
/// before anything is opened.
void occupy_closed_streams();

}  // namespace writebench::cli
