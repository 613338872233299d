#include "parameter_table.hpp"
#include "parameters.hpp"

namespace trimatte::shell {

Table cache_parameters() {
    return {
        {.name = "cacheKey",
         .kind = Kind::kText,
         .group = "cacheGroup",
         .label = "Clip identity",
         .hint = "A name for the source. Solved frames of a named source are kept on disk and found again after a "
                 "restart; leave it empty to keep them for this session only."},
        {.name = "cacheLimit",
         .kind = Kind::kInteger,
         .group = "cacheGroup",
         .label = "Size limit (GB)",
         .hint = "Size of the folder on disk where solved frames of named sources are kept; the ones used least "
                 "recently go first.",
         .initial = 16,
         .range = {1, 100000, 1, 200}},
        {.name = kClearCacheName,
         .kind = Kind::kButton,
         .group = "cacheGroup",
         .label = "Clear cache",
         .hint = "Delete all solved frames of all named sources from the disk."},
        {.name = kSolvedFramesName,
         .kind = Kind::kButton,
         .group = "cacheGroup",
         .label = "Solved frames",
         .hint = "Say in Status which frames of this clip are solved with these settings."},
        {.name = kCacheActionName,
         .kind = Kind::kChoice,
         .group = "cacheGroup",
         .label = "Cache",
         .hint = "The same as the buttons, for hosts without buttons; goes back to Idle when it is done.",
         .options = {"Idle", "Clear", "Solved frames"}},
    };
}

}  // namespace trimatte::shell
