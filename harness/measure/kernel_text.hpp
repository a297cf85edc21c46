// The text files through which the kernel tells things (/proc, /sys): reading them and picking fields out.
// Any thread may call anything. Absent or unreadable files and fields are std::nullopt, not errors.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace baton {

// The whole file. Works for files whose size the kernel gives as 0.
[[nodiscard]] std::optional<std::string> read_text(const std::filesystem::path& path);
// The first line without surrounding white space; nullopt also if that leaves nothing.
[[nodiscard]] std::optional<std::string> read_line(const std::filesystem::path& path);

[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;
[[nodiscard]] std::vector<std::string_view> words(std::string_view text);
// An unsigned decimal number that is all of `text`.
[[nodiscard]] std::optional<std::uint64_t> number(std::string_view text) noexcept;

// What stands behind `name` and a colon at the start of a line: "Rss:   1708 kB" gives "1708 kB" for "Rss".
[[nodiscard]] std::optional<std::string_view> field(std::string_view text, std::string_view name) noexcept;
// The same as a number of bytes; the field must be in kB.
[[nodiscard]] std::optional<std::uint64_t> field_bytes(std::string_view text, std::string_view name) noexcept;
[[nodiscard]] std::optional<std::uint64_t> field_number(std::string_view text,
                                                        std::string_view name) noexcept;

// The kernel marks the option in force with brackets: "always [madvise] never" gives "madvise".
[[nodiscard]] std::optional<std::string> chosen_option(std::string_view text);

// "self" for 0, else the number: the folder in /proc.
[[nodiscard]] std::string process_folder(int pid);

}  // namespace baton
