// Where the Python of the worker is.
#pragma once

#include <filesystem>

namespace trimatte::shell {

// Real path of this very .ofx file, with every symbolic link resolved.
std::filesystem::path own_path();

// $TRIMATTE_PYTHON, else the first line of Contents/Resources/python.txt, else the virtual environment found upwards
// from ``binary`` (a pyvenv.cfg, or .venv/pyvenv.cfg as in a checkout). Throws std::runtime_error that says what to do.
std::filesystem::path find_python(const std::filesystem::path& binary);

}  // namespace trimatte::shell
