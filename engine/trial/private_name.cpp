#include "engine/trial/private_name.hpp"

#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>

namespace writebench::engine {
namespace {

constexpr std::string_view kCharacters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t kRandom = 8;
constexpr std::size_t kCheck = 2;

// FNV-1a, 32 bits.
std::string check_of(std::string_view random) {
  std::size_t hash = 2166136261u;
  for (const char character : random) {
    hash = ((hash ^ static_cast<unsigned char>(character)) * 16777619u) & 0xFFFFFFFFu;
  }
  std::string check;
  for (std::size_t i = 0; i < kCheck; ++i, hash /= kCharacters.size()) check += kCharacters[hash % kCharacters.size()];
  return check;
}

std::uint64_t random_number() {
  std::uint64_t number = 0;
  if (::getrandom(&number, sizeof number, GRND_NONBLOCK) == static_cast<ssize_t>(sizeof number)) return number;
  // A system without random numbers: whoever makes the file with O_EXCL is still safe.
  const auto now = static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count());
  return (now ^ (static_cast<std::uint64_t>(::getpid()) << 40)) * 0x9E3779B97F4A7C15u;
}

}  // namespace

std::string private_name(std::string_view prefix) {
  std::string random;
  for (std::uint64_t number = random_number(); random.size() < kRandom; number /= kCharacters.size()) {
    random += kCharacters[number % kCharacters.size()];
  }
  return std::string(prefix) + random + check_of(random);
}

bool is_private_name(std::string_view prefix, std::string_view name) {
  if (!name.starts_with(prefix)) return false;
  name.remove_prefix(prefix.size());
  return name.size() == kRandom + kCheck && name.find_first_not_of(kCharacters) == name.npos &&
         name.substr(kRandom) == check_of(name.substr(0, kRandom));
}

}  // namespace writebench::engine
