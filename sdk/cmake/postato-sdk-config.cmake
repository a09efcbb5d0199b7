include(${CMAKE_CURRENT_LIST_DIR}/postato-sdk-targets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/postato_add_plugin.cmake)
