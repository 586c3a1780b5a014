#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace writebench::reports {

class JsonMember;

/// One value of a parsed JSON text. A plain value of 16 bytes; what it refers to belongs to its JsonDocument.
class JsonValue {
 public:
  enum class Kind : std::uint8_t {
    kNull,
    kBoolean,
    kNatural,   ///< an integer from 0 to 2^64-1
    kNegative,  ///< a negative integer, or -0
    kReal,      ///< any other number; always finite
    kText,
    kArray,
    kObject,
  };

  Kind kind() const { return kind_; }
  bool flag() const { return natural_ != 0; }                           ///< of a kBoolean
  std::uint64_t natural() const { return natural_; }                    ///< of a kNatural
  double number() const;                                                ///< of any number
  std::string_view text() const { return {text_, size_}; }              ///< of a kText: valid UTF-8
  std::size_t size() const { return size_; }                            ///< of a kArray or kObject
  std::span<const JsonValue> items() const { return {items_, size_}; }  ///< of a kArray
  std::span<const JsonMember> members() const;                          ///< of a kObject, in the order of the text

  /// Whether the elements of this array went to JsonSink::element(), so that only their number is known.
  bool passed_on() const { return passed_on_; }

 private:
  friend class JsonParser;

  union {
    std::uint64_t natural_ = 0;
    std::int64_t negative_;
    double real_;
    const char* text_;
    const JsonValue* items_;
    const JsonMember* members_;
  };
  std::uint32_t size_ = 0;
  Kind kind_ = Kind::kNull;
  bool passed_on_ = false;
};

class JsonMember {
 public:
  std::string_view key;
  JsonValue value;
};

/// Whether two keys are equal. Keys are short, and a call of memcmp(3) takes longer than to compare them.
inline bool same_key(std::string_view a, std::string_view b) {
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  if (a.size() != b.size()) return false;
  if (a.size() < kWord) return a == b;
  const auto word = [](const char* from) {
    std::uint64_t loaded;
    std::memcpy(&loaded, from, kWord);
    return loaded;
  };
  for (std::size_t i = 0; i + kWord < a.size(); i += kWord) {
    if (word(a.data() + i) != word(b.data() + i)) return false;
  }
  return word(a.data() + a.size() - kWord) == word(b.data() + b.size() - kWord);
}

inline std::span<const JsonMember> JsonValue::members() const { return {members_, size_}; }

/// The text is not JSON, or not JSON that can be a report.
class BadJson : public std::runtime_error {
 public:
  enum class Kind {
    kSyntax,
    kCutOff,         ///< the text ends too early
    kTooDeep,        ///< nested deeper than JsonLimits::depth
    kTooManyValues,  ///< more than JsonLimits::values
    kTooLarge,       ///< a number beyond the range of a double
    kRepeatedKey,    ///< an object has two members of one name, so that readers may disagree
  };

  BadJson(Kind kind, std::size_t offset_bytes)
      : std::runtime_error("not the JSON of a report"), kind_(kind), offset_bytes_(offset_bytes) {}

  Kind kind() const { return kind_; }
  std::size_t offset_bytes() const { return offset_bytes_; }  ///< where in the text

 private:
  Kind kind_;
  std::size_t offset_bytes_;
};

/// What a text may cost. An object of more members than `members` counts as too many values, so that looking a member
/// up always takes little time.
struct JsonLimits {
  std::uint64_t values = 0;  ///< that the document holds, without those passed on
  int depth = 64;
  std::uint32_t members = 4096;
};

/// Takes the elements of the arrays `samples` of the objects in the array `cells` of the root, one by one as they are
/// parsed, so that a document does not hold what may be millions of them.
using JsonSink = std::function<void(const JsonValue& element, std::size_t cell, std::size_t sample)>;

/// A JSON text (RFC 8259), parsed in time that grows linearly with it, whatever it holds. The text must outlive it.
/// Takes 16 bytes for each value, and 16 more for each member of an object.
///
/// Not nlohmann::json, because a report may have a million trials: with the event parser of that library (sax_parse,
/// 3.11.2) `writebench show` took 19.2 s for such a report of 736 MB, and 7.2 s with this one. The tests hold this
/// parser against that library.
class JsonDocument {
 public:
  /// With a sink, `samples` are passed on; an element is valid only during the call. Throws BadJson, and what the sink
  /// throws.
  JsonDocument(std::string_view text, const JsonLimits& limits, const JsonSink& sink = {});

  const JsonValue& root() const { return root_; }

 private:
  friend class JsonParser;

  JsonValue root_;
  std::vector<std::unique_ptr<char[]>> blocks_;
};

}  // namespace writebench::reports
