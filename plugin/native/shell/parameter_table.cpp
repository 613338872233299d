#include "parameter_table.hpp"

#include "parameters.hpp"

namespace trimatte::shell {

namespace {

Table status_and_view() {
    return {
        {.name = kStatusName,
         .kind = Kind::kLabel,
         .group = "statusGroup",
         .label = "Status",
         .hint = "What became of the last frame.",
         .needs = Needs::kChanges},
        {.name = kViewName,
         .kind = Kind::kChoice,
         .group = "viewGroup",
         .label = "View",
         .hint = "What the effect shows. All but the result are opaque pictures to look at.",
         .options = {"Result", "Matte", "Trimap", "Trimap overlay", "Foreground", "Over checker", "Confidence"}},
    };
}

}  // namespace

const std::vector<Group>& parameter_groups() {
    static const auto* const groups = new std::vector<Group>{
        {"statusGroup", "Status", true},         {"viewGroup", "View", true},       {"trimapGroup", "Trimap", true},
        {"trackGroup", "Track", true},           {"qualityGroup", "Quality", true}, {"matteGroup", "Matte", true},
        {"foregroundGroup", "Foreground", true}, {"outputGroup", "Output", true},   {"colourGroup", "Colour", false},
        {"cacheGroup", "Cache", false},          {"deviceGroup", "Device", false}};
    return *groups;
}

const Table& parameter_table() {
    static const auto* const table = [] {
        auto* all = new Table;
        for (const auto& part :
             {status_and_view(), trimap_parameters(), overlay_parameters(), track_parameters(), quality_parameters(),
              look_parameters(), colour_parameters(), cache_parameters(), device_parameters()}) {
            all->insert(all->end(), part.begin(), part.end());
        }
        return all;
    }();
    return *table;
}

}  // namespace trimatte::shell
