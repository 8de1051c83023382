// Marks what a module offers to the others. Everything else stays hidden inside its shared library.
#pragma once

#define MLSYS_EXPORT [[gnu::visibility("default")]]
