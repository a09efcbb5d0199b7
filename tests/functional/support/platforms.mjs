// The five platforms as configuration: pages at the sandbox, calls through whatever stands before it.

const kPaths = {
    twitter: ['/i/oauth2/authorize', '/2/oauth2/token', '/2/oauth2/revoke'],
    linkedin: ['/oauth/v2/authorization', '/oauth/v2/accessToken', '/oauth/v2/revoke'],
    instagram: ['/oauth/authorize', '/oauth/access_token'],
    tiktok: ['/v2/auth/authorize/', '/v2/oauth/token/', '/v2/oauth/revoke/'],
    youtube: ['/o/oauth2/v2/auth', '/token', '/revoke'],
};

export const kPlatforms = Object.keys(kPaths);

/** Sections for Installation.configure(). `pages` and `calls` are origins; `secret` makes a client secret. */
export function platformSections(pages, calls, secret) {
    const section = (platform) => {
        const [authorization, token, revocation] = kPaths[platform];
        return {
            client_id: `sandbox-${platform}`,
            client_secret: secret(platform),
            authorization_endpoint: `${pages}/${platform}${authorization}`,
            token_endpoint: `${calls}/${platform}${token}`,
            ...(revocation && { revocation_endpoint: `${calls}/${platform}${revocation}` }),
            api_base: `${calls}/${platform}`,
        };
    };
    return Object.fromEntries(kPlatforms.map((platform) => [`platform.${platform}`, section(platform)]));
}
