#include <string>
#include <vector>

#include "mlsys/frame/frame.hpp"

int main(int argc, char** argv) { return mlsys::frame::run(std::vector<std::string>(argv, argv + argc)); }
