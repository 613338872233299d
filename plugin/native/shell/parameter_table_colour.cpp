#include "parameter_table.hpp"

namespace trimatte::shell {

Table colour_parameters() {
    return {
        {.name = "inputSpace",
         .kind = Kind::kChoice,
         .group = "colourGroup",
         .label = "Input space",
         .hint =
             "Colour space of the plates. Networks see display-referred sRGB; what is shown stays in the space of the "
             "host. Auto: what the host says, sRGB where it says nothing. Raw: values as they are.",
         .options = {"Auto", "sRGB", "Linear Rec.709", "ACEScg", "Raw", "OpenColorIO"}},
        {.name = "ocioSpace",
         .kind = Kind::kText,
         .group = "colourGroup",
         .label = "OpenColorIO space",
         .hint = "Name of a colour space of the OpenColorIO configuration, for Input space OpenColorIO."},
        {.name = "ocioConfig",
         .kind = Kind::kFile,
         .group = "colourGroup",
         .label = "OpenColorIO configuration",
         .hint = "File of the configuration. Empty: that of the host, else the one that OCIO names, else the studio "
                 "configuration of OpenColorIO."},
    };
}

}  // namespace trimatte::shell
