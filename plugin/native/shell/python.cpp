#include "python.hpp"

#include <dlfcn.h>
#include <unistd.h>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>

namespace trimatte::shell {

namespace fs = std::filesystem;

namespace {

fs::path checked(const fs::path& python, const std::string& origin) {
    if (access(python.c_str(), X_OK) == 0) return python;
    throw std::runtime_error(origin + " names the Python " + python.string() +
                             ", which cannot be started; correct it.");
}

fs::path first_line(const fs::path& file) {
    std::ifstream stream(file);
    std::string line;
    std::getline(stream, line);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    return line;
}

bool is_file(const fs::path& path) {
    std::error_code ignored;
    return fs::is_regular_file(path, ignored);
}

}  // namespace

fs::path own_path() {
    Dl_info facts{};
    if (dladdr(reinterpret_cast<const void*>(&own_path), &facts) == 0 || !facts.dli_fname) return {};
    std::error_code error;
    const fs::path real = fs::canonical(facts.dli_fname, error);
    return error ? fs::path(facts.dli_fname) : real;
}

fs::path find_python(const fs::path& binary) {
    const char* named = std::getenv("TRIMATTE_PYTHON");
    if (named && *named) return checked(named, "TRIMATTE_PYTHON");
    const fs::path note = binary.parent_path().parent_path() / "Resources" / "python.txt";
    if (is_file(note)) return checked(first_line(note), note.string());
    for (fs::path folder = binary.parent_path(); folder.has_relative_path(); folder = folder.parent_path()) {
        for (const fs::path& place : {folder, folder / ".venv"}) {
            if (is_file(place / "pyvenv.cfg"))
                return checked(place / "bin" / "python", (place / "pyvenv.cfg").string());
        }
    }
    throw std::runtime_error(
        "No Python belongs to " + binary.string() +
        ": run 'trimatte install-plugin' again, or set TRIMATTE_PYTHON to the Python of Trimatte.");
}

}  // namespace trimatte::shell
