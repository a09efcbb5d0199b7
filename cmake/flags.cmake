# Flags belong to targets: everything of ours links postato_flags privately.
add_library(postato_flags INTERFACE)
# Designated initializers leave out what has a default on purpose.
target_compile_options(postato_flags INTERFACE -Wall -Wextra -Wno-missing-field-initializers
                       $<$<BOOL:${POSTATO_WERROR}>:-Werror>)

# Hardening (OPS-10). _FORTIFY_SOURCE needs optimisation and does not mix with the sanitizers.
if(NOT POSTATO_SANITIZE)
    target_compile_options(postato_flags INTERFACE -fstack-protector-strong)
    target_compile_definitions(postato_flags
        INTERFACE $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=3>)
    target_link_options(postato_flags INTERFACE -Wl,-z,relro,-z,now)
endif()

if(POSTATO_SANITIZE STREQUAL "address")
    # SOCI has no typeinfo to link against for -fsanitize=vptr.
    add_compile_options(-fsanitize=address,undefined -fno-sanitize=vptr -fno-sanitize-recover=all
                        -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined -fno-sanitize=vptr)
elseif(POSTATO_SANITIZE STREQUAL "thread")
    add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
    add_link_options(-fsanitize=thread)
elseif(POSTATO_SANITIZE)
    message(FATAL_ERROR "POSTATO_SANITIZE is '${POSTATO_SANITIZE}'; use 'address' or 'thread'")
endif()
