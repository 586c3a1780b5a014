#include "advise/candidates.hpp"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include "crash/measure.hpp"

namespace writebench::advise {
namespace {

using reports::Advice;
using reports::Hurdle;

// Beyond these, blocks of any strategy are no better, and only memory grows.
constexpr std::uint64_t kSmallestBytes = 512;
constexpr std::uint64_t kLargestBytes = 16 << 20;
constexpr std::uint64_t kLargestCount = 1 << 20;
constexpr std::uint64_t kFlushes = 4;  // of a trial, so that a block is written at all
constexpr std::size_t kMostVariants = 6;

bool is_same(const Option& a, const Option& b) { return a.name == b.name; }
bool is_producers(const Option& option) { return is_same(option, kWriters) || is_same(option, kProcesses); }

// What collects lines: blocks of a size first, then batches and queues of a number of lines.
const Option* size_of(const Descriptor& strategy) {
  const auto first = [&](auto matches) {
    const auto found = std::find_if(strategy.options.begin(), strategy.options.end(),
                                    [&](const Option* option) { return matches(*option); });
    return found == strategy.options.end() ? nullptr : *found;
  };
  const auto tunable = [](const Option& option, Option::Kind kind) {
    return option.kind == kind && is_tunable(option) && !is_same(option, kThreads);
  };
  if (const Option* blocks = first([](const Option& option) { return is_same(option, kBufferSize); })) return blocks;
  if (const Option* bytes = first([&](const Option& option) { return tunable(option, Option::Kind::kBytes); }))
    return bytes;
  return first([&](const Option& option) { return tunable(option, Option::Kind::kCount); });
}

// The values of an option to try beside this one: of a size, a number or a time a quarter and four times as much.
std::vector<std::uint64_t> values_beside(const Option& option, std::uint64_t value) {
  if (is_same(option, kThreads)) return {1, 2, value / 2, 2 * value};
  if (option.kind == Option::Kind::kWord) {
    std::vector<std::uint64_t> words(option.words.size());
    std::iota(words.begin(), words.end(), std::uint64_t{0});
    return words;
  }
  if (option.kind == Option::Kind::kNanoseconds && value == 0) return {20'000, 200'000};
  return {value / 4, 4 * value};
}

struct Reason {
  Hurdle by;
  std::string text;
};

std::optional<Reason> ruled_out_by_contract(const Contestant& contestant, const Advice::Asked& asked) {
  const Descriptor& strategy = contestant.runnable.strategy;
  const Contract& contract = strategy.contract;
  if (strategy.needs_places) return Reason{Hurdle::kPlaces, "must know each line's place in the file beforehand"};
  if (asked.writers > 1 && !strategy.has_writers()) return Reason{Hurdle::kSeveralWriters, "has one writer"};
  if (contract.layout == Layout::kFilePerWriter && asked.writers > 1 && !asked.file_per_writer) {
    return Reason{Hurdle::kFilePerWriter, "writes a file for each writer"};
  }
  if (asked.order != Order::kNone && contract.order == Order::kNone) {
    return Reason{Hurdle::kOrder, "promises no order"};
  }
  if (asked.order == Order::kGlobal && asked.writers > 1 && contract.order != Order::kGlobal) {
    return Reason{Hurdle::kOrder, "orders only the lines of each writer"};
  }
  if (asked.durability.kind == Durability::Kind::kLine && !contract.each_line_durable) {
    return Reason{Hurdle::kDurability, "cannot make each line durable"};
  }
  if (contestant.cell.status == engine::Outcome::kUnavailable) {
    return Reason{Hurdle::kUnavailable, contestant.cell.status_detail};
  }
  return std::nullopt;
}

}  // namespace

bool is_tunable(const Option& option) { return !is_producers(option) && !is_same(option, kInFlightBytes); }

Candidate::Candidate(Contestant contestant, const Advice::Asked& asked, std::uint64_t file_block_bytes)
    : contestant_(std::move(contestant)),
      max_loss_bytes_(asked.max_loss_bytes),
      max_held_bytes_(asked.max_memory_bytes),
      file_block_bytes_(file_block_bytes),
      size_(size_of(strategy())) {
  if (max_loss_bytes_) max_held_bytes_ = std::min(*max_loss_bytes_, max_held_bytes_.value_or(UINT64_MAX));
  start_ = reduced(contestant_.cell.parameters);
}

std::optional<std::uint64_t> Candidate::may_lose_bytes(const Parameters& parameters) const {
  engine::CellSpec cell = contestant_.cell;
  cell.parameters = parameters;
  return crash::bound_bytes(strategy(), cell, contestant_.runnable.content->longest_line_bytes(), file_block_bytes_);
}

bool Candidate::allowed(const Parameters& parameters) const {
  if (!max_held_bytes_) return true;
  const auto bytes = may_lose_bytes(parameters);
  // What is not known may be anything; but only a loss is judged by arithmetic alone.
  if (!bytes) return !max_loss_bytes_;
  return *bytes <= *max_held_bytes_;
}

// Halves whichever size reduces the loss most, as long as that helps.
std::optional<Parameters> Candidate::reduced(Parameters parameters) const {
  while (!allowed(parameters)) {
    const auto bytes = may_lose_bytes(parameters);
    if (!bytes) return std::nullopt;
    std::optional<Parameters> best;
    std::uint64_t least = *bytes;
    for (const Option* option : strategy().options) {
      const bool is_size = option->kind == Option::Kind::kBytes || option->kind == Option::Kind::kCount;
      const std::uint64_t value = parameters.value(*option);
      if (!is_size || is_producers(*option) || is_same(*option, kThreads) || value / 2 < option->min) continue;
      Parameters smaller = parameters;
      smaller.set(*option, value / 2);
      const std::uint64_t left = may_lose_bytes(smaller).value_or(UINT64_MAX);
      if (left < least) {
        least = left;
        best = std::move(smaller);
      }
    }
    if (!best) return std::nullopt;
    parameters = *std::move(best);
  }
  return parameters;
}

std::uint64_t Candidate::smallest_size() const {
  if (size_ == nullptr) return 0;
  const std::uint64_t start = start_ ? start_->value(*size_) : size_->usual;
  return std::min(start, std::max(size_->min, size_->kind == Option::Kind::kBytes ? kSmallestBytes : 1));
}

std::uint64_t Candidate::largest_size() const {
  if (size_ == nullptr || !start_) return 0;
  const bool bytes = size_->kind == Option::Kind::kBytes;
  const engine::CellSpec& cell = contestant_.cell;
  const std::uint64_t most = std::min(
      {size_->max, bytes ? kLargestBytes : kLargestCount, (bytes ? cell.bytes : cell.parameters.lines) / kFlushes});
  std::uint64_t largest = start_->value(*size_);
  for (Parameters larger = *start_; largest <= most / 2;) {
    larger.set(*size_, 2 * largest);
    if (!allowed(larger)) break;
    largest *= 2;
  }
  return largest;
}

std::vector<Parameters> Candidate::variants(const Parameters& settings) const {
  std::vector<Parameters> found;
  for (const Option* option : strategy().options) {
    if (!is_tunable(*option) || (size_ != nullptr && is_same(*option, *size_))) continue;
    const std::uint64_t now = settings.value(*option);
    for (const std::uint64_t value : values_beside(*option, now)) {
      if (value < option->min || value > option->max || value == now) continue;
      Parameters changed = settings;
      changed.set(*option, value);
      const bool is_known = std::find(found.begin(), found.end(), changed) != found.end();
      if (!is_known && found.size() < kMostVariants && allowed(changed)) found.push_back(std::move(changed));
    }
  }
  return found;
}

Screening screen(std::vector<Contestant> contestants, const Advice::Asked& asked, std::uint64_t file_block_bytes) {
  Screening screening;
  for (Contestant& contestant : contestants) {
    const std::string name = contestant.runnable.strategy.name;
    if (auto reason = ruled_out_by_contract(contestant, asked)) {
      screening.ruled_out.push_back({name, reason->by, std::move(reason->text)});
      continue;
    }
    Candidate candidate(std::move(contestant), asked, file_block_bytes);
    if (candidate.start()) {
      screening.candidates.push_back(std::move(candidate));
    } else if (!candidate.may_lose_bytes(candidate.contestant().cell.parameters)) {
      screening.ruled_out.push_back({name, Hurdle::kMaxLoss, "what it may lose is not known"});
    } else {
      const bool by_loss = asked.max_loss_bytes && asked.max_loss_bytes <= asked.max_memory_bytes.value_or(UINT64_MAX);
      screening.ruled_out.push_back({name, by_loss ? Hurdle::kMaxLoss : Hurdle::kMaxMemory,
                                     by_loss ? "may lose more, however small its buffers"
                                             : "may hold more in memory, however small its buffers"});
    }
  }
  return screening;
}

}  // namespace writebench::advise
