#include "gate/mount_options.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace writebench::gate {
namespace {

// Options that do not bear on speed, though their values have neither a slash nor a colon, from the manual pages of
// mount(8), nfs(5), mount.cifs(8), mount.fuse(8), btrfs(5), ext4(5) and tmpfs(5).
constexpr std::string_view kNotOfSpeed[] = {
    // where
    "addr", "clientaddr", "devname", "fsid", "fsname", "mountaddr", "mountport", "mountproto", "port", "sb", "source",
    "srcaddr", "subtype", "subvol", "subvolid", "uuid",
    // for whom
    "allow_other", "backupgid", "backupuid", "context", "cruid", "defcontext", "dfltgid", "dfltuid", "dmask", "domain",
    "fd", "fmask", "fscontext", "gid", "group_id", "mode", "owner", "resgid", "resuid", "rootcontext", "rootmode",
    "seclabel", "uid", "umask", "user", "user_id", "username",
    // what may be done there
    "dev", "exec", "nodev", "noexec", "nosuid", "nosymfollow", "suid",
    // how large
    "nr_blocks", "nr_inodes", "size",
    // what happens after an error
    "errors"};

std::string_view name_of(std::string_view option) { return option.substr(0, option.find('=')); }

std::string_view value_of(std::string_view option) {
  const std::size_t equals = option.find('=');
  return equals == std::string_view::npos ? std::string_view() : option.substr(equals + 1);
}

// A value with a slash is a path, one with a colon an address or a label.
bool may_bear_on_speed(std::string_view option) {
  return !option.empty() && value_of(option).find_first_of("/:") == std::string_view::npos &&
         std::find(std::begin(kNotOfSpeed), std::end(kNotOfSpeed), name_of(option)) == std::end(kNotOfSpeed);
}

// Takes the first option from a list. A label of SELinux is in quotes, because it has commas.
std::string_view next_option(std::string_view& options) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < options.size() && (quoted || options[end] != ','); ++end) quoted ^= options[end] == '"';
  const std::string_view option = options.substr(0, end);
  options.remove_prefix(std::min(options.size(), end + 1));
  return option;
}

}  // namespace

std::string options_of_speed(std::string_view mount_options) {
  std::set<std::string_view> kept;
  while (!mount_options.empty()) {
    const std::string_view option = next_option(mount_options);
    if (may_bear_on_speed(option)) kept.insert(option);
  }
  std::string text;
  for (const std::string_view option : kept) {
    if (!text.empty()) text += ',';
    text += option;
  }
  return text;
}

std::string kind_of_device(std::string_view name) {
  const std::string_view stem = name.substr(0, name.find_first_of("0123456789-"));
  for (const std::string_view lettered : {"xvd", "vd", "sd", "hd"}) {
    if (stem.starts_with(lettered)) return std::string(lettered);
  }
  return std::string(stem);
}

}  // namespace writebench::gate
