#include "cli/options/offer.hpp"

#include <sstream>

namespace writebench::cli {
namespace {

// A validator of this name is the one place of CLI11's options that can carry more than it uses itself. It is never
// active, so that it neither checks a value nor appears in help. Its description is the offer: the kind, whether it is
// a list, and the words, a line each.
constexpr const char* kCarrier = "offer";

}  // namespace

CLI::Validator offers(const Offer& offer) {
  std::string text = std::to_string(static_cast<int>(offer.kind)) + (offer.list ? "\nlist" : "\none");
  for (const std::string& word : offer.words) text += "\n" + word;
  CLI::Validator carrier(text);
  carrier.name(kCarrier).active(false);
  return carrier;
}

CLI::Validator offers(Offer::Kind kind) { return offers(Offer{.kind = kind}); }

CLI::Validator offers_words(std::vector<std::string> words) {
  return offers(Offer{.kind = Offer::Kind::kWords, .list = false, .words = std::move(words)});
}

CLI::Validator offers_list_of(std::vector<std::string> words) {
  return offers(Offer{.kind = Offer::Kind::kWords, .list = true, .words = std::move(words)});
}

std::optional<Offer> offer_of(CLI::Option& option) {
  CLI::Validator carrier;
  try {
    carrier = *option.get_validator(kCarrier);
  } catch (const CLI::OptionNotFound&) {
    return std::nullopt;
  }
  carrier.active(true);
  std::istringstream lines(carrier.get_description());
  std::string kind, list;
  std::getline(lines, kind);
  std::getline(lines, list);
  Offer offer{.kind = static_cast<Offer::Kind>(std::stoi(kind)), .list = list == "list", .words = {}};
  for (std::string word; std::getline(lines, word);) offer.words.push_back(word);
  return offer;
}

}  // namespace writebench::cli
