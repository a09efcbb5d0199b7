# postato_add_plugin(<name> SOURCES <file>... [NO_INSTALL])
#
# Builds <name>.so into ${CMAKE_BINARY_DIR}/plugins, with the flags that let a host refuse it at load
# time instead of failing at the first call (-z defs, -z now), keep it apart from other plugins
# (hidden symbols) and drop it safely (no GNU-unique symbols). `cmake --install` puts it into
# lib/postato/plugins. Links postato::oauth2 and through it postato::sdk; link more with
# target_link_libraries(<name> PRIVATE ...).
function(postato_add_plugin name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "NO_INSTALL" "" "SOURCES")
    if(NOT arg_SOURCES)
        message(FATAL_ERROR "postato_add_plugin(${name}): SOURCES are missing")
    endif()

    add_library(${name} MODULE ${arg_SOURCES})
    target_link_libraries(${name} PRIVATE postato::oauth2)
    if(TARGET postato_flags)
        target_link_libraries(${name} PRIVATE postato_flags)
    endif()
    set_target_properties(${name} PROPERTIES
        PREFIX ""
        CXX_VISIBILITY_PRESET hidden
        VISIBILITY_INLINES_HIDDEN ON
        LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/plugins)
    target_link_options(${name} PRIVATE -Wl,-z,now)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        target_compile_options(${name} PRIVATE -fno-gnu-unique)
    endif()
    # A sanitizer's run time comes with the host, so its symbols are open here.
    if(NOT POSTATO_SANITIZE)
        target_link_options(${name} PRIVATE -Wl,-z,defs)
    endif()

    if(NOT arg_NO_INSTALL)
        install(TARGETS ${name} LIBRARY DESTINATION lib/postato/plugins)
    endif()
endfunction()
