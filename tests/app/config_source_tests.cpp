#include "app/config_source.hpp"

#include <boost/test/unit_test.hpp>

#include "config_file.hpp"

using namespace postato::app;
using testing::ConfigFile;

namespace {

struct Read {
    std::map<std::string, std::string> values;
    std::vector<std::string> problems;
};

Read read(const std::filesystem::path& file, const Environment& environment = {}) {
    Problems problems;
    const ConfigSource source(
        file, environment, [](std::string_view key) { return key == "a.path_file"; }, problems);
    return {source.values(), problems.list()};
}

using Values = std::map<std::string, std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(config_source_tests)

BOOST_AUTO_TEST_CASE(ini_and_xml_give_the_same_flat_keys) {
    const ConfigFile ini("; note\n# note\n[a]\nb = 1\n[c.d]\ne=two words\n");
    const ConfigFile xml("<any><a><b>1</b></a><c><d><e>two words</e></d></c></any>", "x.xml");
    const Values expected = {{"a.b", "1"}, {"c.d.e", "two words"}};
    BOOST_TEST((read(ini.path()).values == expected));
    BOOST_TEST((read(xml.path()).values == expected));
}

BOOST_AUTO_TEST_CASE(the_environment_overrides_the_file) {
    const ConfigFile ini("[a]\nb = file\nkept = file\n");
    const Environment environment = {{"POSTATO_A__B", "environment"},
                                     {"POSTATO_C__D__E_F", "new"},
                                     {"POSTATO_TEST_POSTGRES", "no key: no double underscore"},
                                     {"A__B", "no key: no prefix"}};
    const Values expected = {{"a.b", "environment"}, {"a.kept", "file"}, {"c.d.e_f", "new"}};
    BOOST_TEST((read(ini.path(), environment).values == expected));
}

BOOST_AUTO_TEST_CASE(a_key_below_another_hides_it_in_no_layer) {
    const ConfigFile ini("[a]\nb = 1\nb.c = 2\nd.e = 3\n");
    const Values expected = {{"a.b", "1"}, {"a.b.c", "2"}, {"a.d", "4"}, {"a.d.e", "3"}};
    BOOST_TEST((read(ini.path(), {{"POSTATO_A__D", "4"}}).values == expected));
}

BOOST_AUTO_TEST_CASE(variables_expand_and_unset_ones_make_a_key_absent) {
    const ConfigFile ini(
        "[a]\nwhole = ${system.env.SET}\npart = <${system.env.SET}${system.env.SET}>\n"
        "gone = ${system.env.UNSET}\npartly = x${system.env.UNSET}\nempty =\n");
    const Values expected = {{"a.part", "<valuevalue>"}, {"a.whole", "value"}};
    BOOST_TEST((read(ini.path(), {{"SET", "value"}}).values == expected));
}

BOOST_AUTO_TEST_CASE(a_secret_with_a_dollar_sign_is_left_alone) {
    const ConfigFile ini("[a]\nsecret = ${a.other}$$${system.env\nother = x\n");
    BOOST_TEST(read(ini.path()).values["a.secret"] == "${a.other}$$${system.env");
}

BOOST_AUTO_TEST_CASE(what_a_variable_holds_is_not_expanded_again) {
    const ConfigFile ini("[a]\nb = ${system.env.OUTER}\n");
    const Environment environment = {{"OUTER", "${system.env.INNER}"}, {"INNER", "no"}};
    BOOST_TEST(read(ini.path(), environment).values["a.b"] == "${system.env.INNER}");
}

BOOST_AUTO_TEST_CASE(a_file_key_reads_the_value_without_its_line_end) {
    const ConfigFile beside("");
    const auto secret = beside.add("secret", "s3cret with spaces\n");
    const ConfigFile ini("[a]\nsecret_file = " + secret.string() + "\npath_file = /as/it/is\n");
    const Values expected = {{"a.path_file", "/as/it/is"}, {"a.secret", "s3cret with spaces"}};
    const auto result = read(ini.path());
    BOOST_TEST((result.values == expected));
    BOOST_TEST(result.problems.empty());
}

BOOST_AUTO_TEST_CASE(a_file_key_that_cannot_be_read_is_a_problem) {
    const ConfigFile ini("[a]\nsecret_file = /nonexistent/secret\n");
    BOOST_TEST(testing::hasProblem(read(ini.path()).problems, "a.secret_file", "cannot be read"));
}

BOOST_AUTO_TEST_CASE(a_key_and_its_file_key_are_one_too_many) {
    const ConfigFile beside("");
    const auto secret = beside.add("secret", "x");
    const ConfigFile ini("[a]\nsecret = y\nsecret_file = " + secret.string() + "\n");
    BOOST_TEST(testing::hasProblem(read(ini.path()).problems, "a.secret_file", "a.secret"));
}

BOOST_AUTO_TEST_CASE(unreadable_broken_and_odd_files_are_named) {
    const auto only = [](const std::filesystem::path& file) {
        const auto problems = read(file).problems;
        return problems.size() == 1 ? problems.front() : std::string();
    };
    BOOST_TEST(only("/nonexistent/postato.ini").find("/nonexistent/postato.ini: ") == 0u);
    BOOST_TEST(only("/etc/passwd").find("must end in .ini or .xml") != std::string::npos);
    const ConfigFile broken("<a><b></a>", "broken.xml");
    BOOST_TEST(only(broken.path()).find("the file is broken") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_key_with_an_empty_part_is_a_problem) {
    for (const char* text : {"[a]\n.b = 1\n", "[a]\nb..c = 1\n", "[a..]\nb = 1\n"}) {
        const ConfigFile ini(text);
        BOOST_TEST(read(ini.path()).problems.size() == 1u, text);
    }
}

BOOST_AUTO_TEST_CASE(xml_fetches_no_other_file) {
    const ConfigFile beside("");
    const auto target = beside.add("target", "pulled in");
    const ConfigFile xml(
        "<!DOCTYPE x [<!ENTITY e SYSTEM \"" + target.string() + "\">]><x><a><b>&e;</b></a></x>",
        "x.xml");
    for (const auto& [key, value] : read(xml.path()).values)
        BOOST_TEST(value.find("pulled in") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
