#include "reports/read/read_environment.hpp"

namespace writebench::reports {
namespace {

engine::Device read_device(const Field& field) {
  return {.name = field.at("name").text(),
          .rotational = field.at("rotational").or_null(&Field::flag),
          .scheduler = field.at("scheduler").or_null(&Field::text),
          .write_cache = field.at("write_cache").or_null(&Field::text)};
}

engine::Syncing read_syncing(const Field& field) {
  return {.does_nothing = field.at("does_nothing").flag(),
          .sync_ns = field.at("sync_ns").amount(),
          .bytes_beyond_data = field.at("bytes_beyond_data").or_null(&Field::amount),
          .bytes_per_file = field.at("bytes_per_file").or_null(&Field::amount)};
}

}  // namespace

engine::Environment read_environment(const Field& field) {
  engine::Environment environment;
  environment.cpu_model = field.at("cpu_model").or_null(&Field::text);
  environment.cpus = field.at("cpus").whole<unsigned>(1);
  environment.cpu_governor = field.at("cpu_governor").or_null(&Field::text);
  environment.virtualisation = field.at("virtualisation").or_null(&Field::text);
  environment.memory_bytes =
      field.at("memory_bytes").or_null([](const Field& bytes) { return bytes.whole<std::int64_t>(1); });
  environment.cgroup_memory_bytes = field.at("cgroup_memory_bytes").or_null(&Field::amount);
  environment.cgroup_cpus = field.at("cgroup_cpus").or_null(&Field::number);
  environment.kernel = field.at("kernel").text();
  environment.architecture = field.at("architecture").text();
  environment.directory = field.at("directory").text();
  environment.file_system = field.at("file_system").text();
  environment.mount_options = field.at("mount_options").or_null(&Field::text);
  environment.file_system_bytes = field.at("file_system_bytes").or_null(&Field::amount);
  environment.file_system_free_bytes = field.at("file_system_free_bytes").or_null(&Field::amount);
  environment.device = field.at("device").or_null(read_device);
  environment.dirty_background_bytes = field.at("dirty_background_bytes").or_null(&Field::amount);
  environment.dirty_background_percent = field.at("dirty_background_percent").or_null(&Field::amount);
  environment.dirty_bytes = field.at("dirty_bytes").or_null(&Field::amount);
  environment.dirty_percent = field.at("dirty_percent").or_null(&Field::amount);
  environment.load_average = field.at("load_average").or_null(&Field::number);
  if (const auto takes = field.find("host_takes_free_memory")) environment.host_takes_free_memory = takes->flag();
  if (const auto syncing = field.find("syncing")) environment.syncing = read_syncing(*syncing);
  return environment;
}

engine::Build read_build(const Field& field) {
  if (field.at("name").text() != "writebench") field.at("name").refuse("must be \"writebench\"");
  engine::Build build;
  build.version = field.at("version").some_text();
  if (const auto commit = field.find("commit")) build.commit = commit->some_text();
  build.type = field.at("build_type").text();
  build.compiler = field.at("compiler").text();
  build.flags = field.at("flags").text();
  build.sanitizers = field.at("sanitizers").text();
  build.assertions = field.at("assertions").flag();
  for (const auto& [name, version] : field.at("libraries").members())
    build.libraries[std::string(name)] = version.text();
  return build;
}

}  // namespace writebench::reports
