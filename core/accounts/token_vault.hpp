#pragma once

/// \file
/// Credentials to sealed rows and back. The only place where tokens are sealed or opened.

#include "crypto/token_cipher.hpp"
#include "persistence/sealed_row_repository.hpp"
#include "persistence/token_repository.hpp"
#include "persistence/workspace_scope.hpp"
#include "postato/sdk/oauth.hpp"
#include "postato/sdk/platform.hpp"

namespace postato::accounts {

/// Thread-safe.
class TokenVault {
public:
    explicit TokenVault(const crypto::TokenCipher& cipher) : cipher_(cipher) {}

    /// Seals credentials received at `received_at` for one account and generation. Lifetimes not
    /// stated fall back to the traits; `next_refresh_at` is left to the RefreshSchedule.
    persistence::SealedTokens seal(const persistence::WorkspaceScope& scope, const AccountId& id,
                                   std::int64_t generation, const sdk::Credentials& credentials,
                                   const sdk::Traits& traits, TimePoint received_at) const;

    /// Throws Error{DecryptFailed} when a ciphertext was moved, cut or altered.
    sdk::Credentials open(const persistence::WorkspaceScope& scope,
                          const persistence::SealedTokens& tokens, TimePoint now) const;

    /// The texts of `pair` under the active key, in the same place and generation. Throws
    /// Error{DecryptFailed}.
    persistence::SealedPair sealAnew(const persistence::SealedPair& pair) const;
    /// Throws Error{DecryptFailed} when a text of it does not open.
    void check(const persistence::SealedPair& pair) const;

    /// One sealed text for credentials that are not an account's: candidates and revocations.
    std::string sealText(const persistence::WorkspaceScope& scope, const char* table,
                         const std::string& row, const char* column, const sdk::Secret& text) const;
    sdk::Secret openText(const persistence::WorkspaceScope& scope, const char* table,
                         const std::string& row, const char* column,
                         const std::string& sealed) const;

    /// See crypto::TokenCipher.
    bool seals() const { return cipher_.seals(); }
    std::uint32_t newestKey() const { return cipher_.newestKey(); }

private:
    const crypto::TokenCipher& cipher_;
};

/// Credentials as JSON text, for `sealText`; relative lifetimes become absolute at `received_at`.
sdk::Secret serialize(const sdk::Credentials& credentials, TimePoint received_at);
sdk::Credentials deserialize(const sdk::Secret& text, TimePoint now);

}  // namespace postato::accounts
