package io.pgtrail.tracking;

/**
 * What tells whether a write was sent before.
 *
 * @param text chosen by whoever sends it, and sent again with the same request only
 * @param digest of the request in hexadecimal, so that the key of one is not taken for another's
 */
public record RequestKey(String text, String digest) {}
