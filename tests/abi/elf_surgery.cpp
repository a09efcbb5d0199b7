#include "elf_surgery.hpp"

#include <elf.h>

#include <cstring>
#include <stdexcept>

namespace postato::platforms::testing {
namespace {

template <class Part>
Part partAt(const std::string& object, std::size_t offset) {
    if (offset + sizeof(Part) > object.size()) throw std::logic_error("no such part");
    Part part;
    std::memcpy(&part, object.data() + offset, sizeof part);
    return part;
}

template <class Part>
void putAt(std::string& object, std::size_t offset, const Part& part) {
    std::memcpy(object.data() + offset, &part, sizeof part);
}

}  // namespace

std::string cutInHalf(std::string object) {
    object.resize(object.size() / 2);
    return object;
}

std::string withMissingPages(std::string object) {
    constexpr std::size_t kBeyond = 64 * 1024 * 1024;  // a multiple of every page size
    const auto header = partAt<Elf64_Ehdr>(object, 0);
    for (std::size_t i = 0; i < header.e_phnum; ++i) {
        const auto offset = header.e_phoff + i * header.e_phentsize;
        auto segment = partAt<Elf64_Phdr>(object, offset);
        if (segment.p_type != PT_LOAD || segment.p_offset == 0) continue;
        segment.p_offset += kBeyond;
        putAt(object, offset, segment);
    }
    return object;
}

std::string forAnotherMachine(std::string object) {
    auto header = partAt<Elf64_Ehdr>(object, 0);
    header.e_machine = header.e_machine == EM_S390 ? EM_X86_64 : EM_S390;
    putAt(object, 0, header);
    return object;
}

}  // namespace postato::platforms::testing
