#include "reports/read/json_document.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <string>
#include <type_traits>

#include "reports/unicode.hpp"

namespace writebench::reports {
namespace {

static_assert(sizeof(JsonValue) == 16);

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The bytes that may stand in a string as they are: no control character, quote, backslash or part of a longer
// character.
constexpr auto kPlain = [] {
  std::array<bool, 256> plain{};
  for (unsigned c = 0x20; c < 0x80; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();

bool stands_alone(char c) { return kPlain[static_cast<unsigned char>(c)]; }

// Memory for what a document holds. What was taken last can be given back at once.
class Arena {
 public:
  struct Mark {
    std::size_t block, used;
  };

  explicit Arena(std::vector<std::unique_ptr<char[]>>& blocks) : blocks_(blocks) {}

  template <class T>
  const T* copy(const T* from, std::size_t count) {
    static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= 8);
    if (count == 0) return nullptr;
    char* const to = take(count * sizeof(T));
    std::memcpy(to, static_cast<const void*>(from), count * sizeof(T));
    return reinterpret_cast<const T*>(to);
  }

  Mark mark() const { return {block_, used_}; }
  void give_back(Mark mark) {
    block_ = mark.block;
    used_ = mark.used;
  }

 private:
  static constexpr std::size_t kBlockBytes = std::size_t{1} << 20;

  char* take(std::size_t bytes) {
    bytes = (bytes + 7) / 8 * 8;
    while (block_ < blocks_.size() && used_ + bytes > sizes_[block_]) {
      ++block_;
      used_ = 0;
    }
    if (block_ == blocks_.size()) {
      sizes_.push_back(std::max(bytes, kBlockBytes));
      blocks_.push_back(std::make_unique_for_overwrite<char[]>(sizes_.back()));
    }
    used_ += bytes;
    return blocks_[block_].get() + used_ - bytes;
  }

  std::vector<std::unique_ptr<char[]>>& blocks_;
  std::vector<std::size_t> sizes_;
  std::size_t block_ = 0;
  std::size_t used_ = 0;
};

// Whether two of the members have one key. Few keys are compared: a key is looked for only if another one shares its
// bit. Many are sorted.
bool repeats_key(std::span<const JsonMember> members) {
  constexpr std::size_t kFew = 64;
  if (members.size() <= kFew) {
    std::array<std::uint64_t, 8> seen{};
    for (std::size_t i = 0; i < members.size(); ++i) {
      const std::string_view key = members[i].key;
      std::size_t hash = key.size();
      for (const char c : key) hash = hash * 31 + static_cast<unsigned char>(c);
      const std::uint64_t bit = std::uint64_t{1} << (hash % 64);
      std::uint64_t& word = seen[hash / 64 % seen.size()];
      if ((word & bit) != 0 && std::any_of(members.begin(), members.begin() + static_cast<std::ptrdiff_t>(i),
                                           [&](const JsonMember& other) { return other.key == key; })) {
        return true;
      }
      word |= bit;
    }
    return false;
  }
  std::vector<std::string_view> keys;
  for (const JsonMember& member : members) keys.push_back(member.key);
  std::sort(keys.begin(), keys.end());
  return std::adjacent_find(keys.begin(), keys.end()) != keys.end();
}

// How far a value is on the way to the arrays that are passed on.
enum class Way { kRoot, kCells, kCell, kSamples, kElsewhere };

}  // namespace

class JsonParser {
 public:
  JsonParser(std::string_view text, const JsonLimits& limits, const JsonSink& sink, JsonDocument& document)
      : begin_(text.data()),
        at_(text.data()),
        end_(text.data() + text.size()),
        limits_(limits),
        sink_(sink),
        arena_(document.blocks_),
        shapes_(static_cast<std::size_t>(limits.depth) + 1) {}

  JsonValue parse() {
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    if (std::string_view(at_, rest()).starts_with(kByteOrderMark)) at_ += kByteOrderMark.size();
    const JsonValue root = value(0, Way::kRoot);
    skip_space();
    if (at_ != end_) refuse(BadJson::Kind::kSyntax);
    return root;
  }

 private:
  std::size_t rest() const { return static_cast<std::size_t>(end_ - at_); }

  [[noreturn]] void refuse(BadJson::Kind kind) const { throw BadJson(kind, static_cast<std::size_t>(at_ - begin_)); }
  [[noreturn]] void refuse_here() const { refuse(at_ == end_ ? BadJson::Kind::kCutOff : BadJson::Kind::kSyntax); }

  void skip_space() {
    while (at_ != end_ && is_space(*at_)) ++at_;
  }

  void expect(char c) {
    if (at_ == end_ || *at_ != c) refuse_here();
    ++at_;
  }

  JsonValue value(int depth, Way way) {
    if (++values_ > limits_.values) refuse(BadJson::Kind::kTooManyValues);
    skip_space();
    if (at_ == end_) refuse_here();
    switch (*at_) {
      case '{': return object(depth + 1, way);
      case '[': return array(depth + 1, way);
      case '"': return text();
      case 't': return word("true", JsonValue::Kind::kBoolean, 1);
      case 'f': return word("false", JsonValue::Kind::kBoolean, 0);
      case 'n': return word("null", JsonValue::Kind::kNull, 0);
      default: return number();
    }
  }

  JsonValue word(std::string_view word, JsonValue::Kind kind, std::uint64_t natural) {
    for (const char c : word) expect(c);
    JsonValue value;
    value.kind_ = kind;
    value.natural_ = natural;
    return value;
  }

  JsonValue array(int depth, Way way) {
    if (depth > limits_.depth) refuse(BadJson::Kind::kTooDeep);
    const Way of_items = way == Way::kCells ? Way::kCell : Way::kElsewhere;
    const bool pass_on = way == Way::kSamples && sink_;
    const std::size_t base = items_.size();
    std::size_t count = 0;
    ++at_;
    skip_space();
    if (at_ != end_ && *at_ == ']') {
      ++at_;
    } else {
      for (;;) {
        if (of_items == Way::kCell) cell_ = count;
        if (pass_on) {
          pass_on_element(depth, count);
        } else {
          const JsonValue item = value(depth, of_items);
          items_.push_back(item);
        }
        ++count;
        skip_space();
        if (at_ != end_ && *at_ == ',') {
          ++at_;
          continue;
        }
        expect(']');
        break;
      }
    }
    JsonValue value;
    value.kind_ = JsonValue::Kind::kArray;
    value.size_ = static_cast<std::uint32_t>(count);
    value.passed_on_ = pass_on;
    value.items_ = pass_on ? nullptr : arena_.copy(items_.data() + base, count);
    items_.resize(base);
    return value;
  }

  // What the element takes is given back.
  void pass_on_element(int depth, std::size_t number) {
    const Arena::Mark mark = arena_.mark();
    const std::uint64_t values = values_;
    const JsonValue element = value(depth, Way::kElsewhere);
    sink_(element, cell_, number);
    arena_.give_back(mark);
    values_ = values;
  }

  JsonValue object(int depth, Way way) {
    if (depth > limits_.depth) refuse(BadJson::Kind::kTooDeep);
    const std::size_t base = members_.size();
    std::vector<std::string_view>& shape = shapes_[static_cast<std::size_t>(depth)];
    bool like_shape = true;
    ++at_;
    skip_space();
    if (at_ != end_ && *at_ == '}') {
      ++at_;
    } else {
      for (;;) {
        const std::string_view key = this->key(shape, members_.size() - base, like_shape);
        skip_space();
        expect(':');
        const Way of_value = way == Way::kRoot && key == "cells"     ? Way::kCells
                             : way == Way::kCell && key == "samples" ? Way::kSamples
                                                                     : Way::kElsewhere;
        const JsonValue member = value(depth, of_value);
        members_.push_back({key, member});
        if (members_.size() - base > limits_.members) refuse(BadJson::Kind::kTooManyValues);
        skip_space();
        if (at_ != end_ && *at_ == ',') {
          ++at_;
          continue;
        }
        expect('}');
        break;
      }
    }
    const std::span<const JsonMember> own(members_.data() + base, members_.size() - base);
    if (!like_shape) {
      if (repeats_key(own)) refuse(BadJson::Kind::kRepeatedKey);
      keep_shape(shape, own);
    }
    JsonValue value;
    value.kind_ = JsonValue::Kind::kObject;
    value.size_ = static_cast<std::uint32_t>(own.size());
    value.members_ = arena_.copy(own.data(), own.size());
    members_.resize(base);
    return value;
  }

  // The next key of an object, of which `index` keys have come. If it is that of the last object at this depth, which
  // is usual, it need not be looked at byte by byte. Otherwise `like_shape` becomes false.
  std::string_view key(const std::vector<std::string_view>& shape, std::size_t index, bool& like_shape) {
    skip_space();
    if (at_ == end_ || *at_ != '"') refuse_here();
    if (like_shape && index < shape.size()) {
      const std::string_view last = shape[index];
      if (rest() > last.size() + 1 && at_[last.size() + 1] == '"' && same_key({at_ + 1, last.size()}, last)) {
        at_ += last.size() + 2;
        return last;
      }
    }
    like_shape = false;
    return text().text();
  }

  // Keys with escapes differ from their text, and very many take long to copy, so such an object has no shape.
  void keep_shape(std::vector<std::string_view>& shape, std::span<const JsonMember> members) const {
    shape.clear();
    if (members.size() > kMostKeysOfShape) return;
    for (const JsonMember& member : members) {
      const std::less_equal<const char*> not_after;
      if (!not_after(begin_, member.key.data()) || !not_after(member.key.data(), end_)) return shape.clear();
      shape.push_back(member.key);
    }
  }

  JsonValue text() {
    const char* const begin = ++at_;
    bool escaped = false;
    for (;;) {
      while (at_ != end_ && stands_alone(*at_)) ++at_;
      if (at_ == end_) refuse_here();
      if (*at_ == '"') break;
      if (*at_ == '\\') {
        escaped = true;
        skip_escape();
      } else {
        skip_character();
      }
    }
    JsonValue value;
    value.kind_ = JsonValue::Kind::kText;
    std::string_view text(begin, static_cast<std::size_t>(at_ - begin));
    if (escaped) {
      const std::string unescaped = without_escapes(text);
      text = {arena_.copy(unescaped.data(), unescaped.size()), unescaped.size()};
    }
    if (text.size() > UINT32_MAX) refuse(BadJson::Kind::kTooManyValues);
    value.text_ = text.data();
    value.size_ = static_cast<std::uint32_t>(text.size());
    ++at_;
    return value;
  }

  // A character of several bytes, or a control character, which is refused.
  void skip_character() {
    const std::size_t bytes = character_at({at_, rest()}).bytes;
    const bool cut_off = static_cast<unsigned char>(*at_) >= 0xc2 && rest() < 4;
    if (static_cast<unsigned char>(*at_) < 0x80) refuse_here();
    if (!character_at({at_, rest()}).code_point) {
      if (cut_off) at_ = end_;
      refuse_here();
    }
    at_ += bytes;
  }

  void skip_escape() {
    if (++at_ == end_) refuse_here();
    if (*at_ != 'u') {
      if (std::string_view("\"\\/bfnrt").find(*at_) == std::string_view::npos) refuse_here();
      ++at_;
      return;
    }
    ++at_;
    const unsigned first = hex4();
    if (first >= 0xdc00 && first <= 0xdfff) refuse_here();
    if (first < 0xd800 || first > 0xdbff) return;
    expect('\\');
    expect('u');
    const unsigned second = hex4();
    if (second < 0xdc00 || second > 0xdfff) refuse_here();
  }

  unsigned hex4() {
    unsigned number = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      if (at_ == end_) refuse_here();
      const auto digit =
          std::string_view("0123456789abcdef").find(is_digit(*at_) ? *at_ : static_cast<char>(*at_ | 0x20));
      if (digit == std::string_view::npos) refuse_here();
      number = number * 16 + static_cast<unsigned>(digit);
    }
    return number;
  }

  // The escapes are known to be right.
  static std::string without_escapes(std::string_view text) {
    std::string plain;
    plain.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '\\') {
        plain += text[i];
        continue;
      }
      const char c = text[++i];
      if (c != 'u') {
        constexpr std::string_view kNames = "bfnrt";
        constexpr std::string_view kMeant = "\b\f\n\r\t";
        const auto named = kNames.find(c);
        plain += named == kNames.npos ? c : kMeant[named];
        continue;
      }
      const auto hex = [&](std::size_t from) {
        std::uint32_t number = 0;
        std::from_chars(text.data() + from, text.data() + from + 4, number, 16);
        return number;
      };
      std::uint32_t code_point = hex(i + 1);
      i += 4;
      if (code_point >= 0xd800 && code_point <= 0xdbff) {
        code_point = 0x10000 + ((code_point - 0xd800) << 10) + (hex(i + 3) - 0xdc00);
        i += 6;
      }
      append_utf8(plain, code_point);
    }
    return plain;
  }

  JsonValue number() {
    const char* const begin = at_;
    const bool negative = at_ != end_ && *at_ == '-';
    if (negative) ++at_;
    if (at_ == end_ || !is_digit(*at_)) refuse_here();
    std::uint64_t natural = 0;
    bool fits = true;
    if (*at_ == '0') {
      ++at_;
    } else {
      for (; at_ != end_ && is_digit(*at_); ++at_) {
        const auto digit = static_cast<std::uint64_t>(*at_ - '0');
        fits = fits && natural <= (UINT64_MAX - digit) / 10;
        natural = natural * 10 + digit;
      }
    }
    bool whole = true;
    if (at_ != end_ && *at_ == '.') {
      whole = false;
      ++at_;
      digits();
    }
    if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
      whole = false;
      ++at_;
      if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
      digits();
    }
    JsonValue value;
    if (whole && fits && !negative) {
      value.kind_ = JsonValue::Kind::kNatural;
      value.natural_ = natural;
    } else if (whole && fits && natural <= static_cast<std::uint64_t>(INT64_MAX)) {
      value.kind_ = JsonValue::Kind::kNegative;
      value.negative_ = -static_cast<std::int64_t>(natural);
    } else {
      value.kind_ = JsonValue::Kind::kReal;
      const auto parsed = std::from_chars(begin, at_, value.real_);
      if (parsed.ec == std::errc::result_out_of_range) value.real_ = out_of_range(begin);
    }
    return value;
  }

  // A number too small for a double is 0; one too large is refused.
  double out_of_range(const char* begin) const {
    const double nearest = std::strtod(std::string(begin, at_).c_str(), nullptr);
    if (!std::isfinite(nearest)) throw BadJson(BadJson::Kind::kTooLarge, static_cast<std::size_t>(begin - begin_));
    return nearest;
  }

  void digits() {
    if (at_ == end_ || !is_digit(*at_)) refuse_here();
    while (at_ != end_ && is_digit(*at_)) ++at_;
  }

  const char* const begin_;
  const char* at_;
  const char* const end_;
  const JsonLimits limits_;
  const JsonSink& sink_;
  Arena arena_;
  std::uint64_t values_ = 0;
  std::size_t cell_ = 0;
  // The elements and members of what is not closed yet, the innermost last.
  std::vector<JsonValue> items_;
  std::vector<JsonMember> members_;
  // The keys of the last object at each depth, as they stand in the text; none of them is there twice. The samples of a
  // report are alike, so nearly every key is known before it is read.
  static constexpr std::size_t kMostKeysOfShape = 64;
  std::vector<std::vector<std::string_view>> shapes_;
};

double JsonValue::number() const {
  switch (kind_) {
    case Kind::kNatural: return static_cast<double>(natural_);
    case Kind::kNegative: return static_cast<double>(negative_);
    default: return real_;
  }
}

JsonDocument::JsonDocument(std::string_view text, const JsonLimits& limits, const JsonSink& sink) {
  root_ = JsonParser(text, limits, sink, *this).parse();
}

}  // namespace writebench::reports
