#include "cli/program.hpp"
#include "strategies/table.hpp"

int main(int argc, char** argv) { return writebench::cli::program(argc, argv, writebench::strategies::table()); }
