// Twin of host_bridge/native/property_set.cpp.
#include "property_set.hpp"

#include "check.hpp"
#include "status.hpp"

using namespace trimatte::host;

namespace {

void test_lists_grow_and_fixed_properties_do_not() {
    auto set = PropertySet::create();
    set->define("pair", Access::kPluginWrites, {1.0, 2.0});
    set->define_list("list", Access::kPluginWrites, std::string());
    CHECK(set->plugin_set("pair", 1, 5.0) == kOfxStatOK);
    CHECK(set->plugin_set("pair", 2, 5.0) == kOfxStatErrBadIndex);
    CHECK(set->plugin_set("list", 1 << 16, std::string("b")) == kOfxStatErrBadIndex);
    CHECK(set->plugin_set("list", 2, std::string("c")) == kOfxStatOK);
    CHECK((set->strings("list") == std::vector<std::string>{"", "", "c"}));
    CHECK(set->plugin_reset("list") == kOfxStatOK);
    CHECK(set->plugin_set("list", 0, std::string("a")) == kOfxStatOK);
    CHECK(set->plugin_set("list", 1, std::string("b")) == kOfxStatOK);
    CHECK((set->strings("list") == std::vector<std::string>{"a", "b"}));
    CHECK(set->plugin_set_count("list", 1) == kOfxStatOK);
    CHECK(set->strings("list").size() == 1);
    CHECK(set->plugin_set_count("pair", 3) == kOfxStatErrBadIndex);
}

void test_reset_gives_the_defaults_back() {
    auto set = PropertySet::create();
    set->define("number", Access::kPluginWrites, {7});
    set->define("fixed", Access::kHostWrites, {7});
    CHECK(set->plugin_set("number", 0, 8) == kOfxStatOK);
    CHECK(set->plugin_reset("number") == kOfxStatOK);
    CHECK(set->get<int>("number") == 7);
    CHECK(set->plugin_reset("fixed") == kOfxStatErrValue);
    CHECK(set->plugin_set("fixed", 0, 8) == kOfxStatErrValue);
    CHECK_THROWS(set->set("missing", 1), HostFailure);
}

void test_strings_stay_in_place_while_a_list_grows() {
    auto set = PropertySet::create();
    set->define_list("list", Access::kPluginWrites, std::string());
    set->plugin_set("list", 0, std::string("short"));
    const char* lent = nullptr;
    set->plugin_get<std::string>("list", 0, [&](const std::string& text) { lent = text.c_str(); });
    for (int i = 1; i < 1000; ++i) {
        set->plugin_set("list", i, std::string("another"));
    }
    CHECK(std::string(lent) == "short");
}

void test_a_handle_is_refused_once_its_set_is_gone() {
    auto set = PropertySet::create();
    const auto handle = set->handle();
    CHECK(HandleTable<PropertySet>::global().find(handle) == set);
    set.reset();
    CHECK(HandleTable<PropertySet>::global().find(handle) == nullptr);
}

}  // namespace

void test_property_sets() {
    test_lists_grow_and_fixed_properties_do_not();
    test_reset_gives_the_defaults_back();
    test_strings_stay_in_place_while_a_list_grows();
    test_a_handle_is_refused_once_its_set_is_gone();
}
