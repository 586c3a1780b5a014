#include "reports/json_text.hpp"

#include <nlohmann/json.hpp>

#include "reports/unicode.hpp"

namespace writebench::reports {

std::string json_text(const nlohmann::ordered_json& json) {
  return printable_json(json.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
}

}  // namespace writebench::reports
