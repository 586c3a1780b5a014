#pragma once

#include <string>
#include <string_view>

namespace writebench::gate {

/// The mount options that may bear on speed, sorted, each once, separated by commas. Left out are those that say where
/// something is, whom it belongs to, who may use it, and how large it may grow: directories of overlay, addresses and
/// ports of a server, users and groups, labels. Such options differ between two containers or mounts of one machine.
std::string options_of_speed(std::string_view mount_options);

/// The kind of a device by its kernel name, such as vd of vda, nvme of nvme0n1, loop of loop7. Which number or letter a
/// device gets depends on the order in which they are found.
std::string kind_of_device(std::string_view name);

}  // namespace writebench::gate
