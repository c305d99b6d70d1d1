package io.pgtrail.versioning;

/**
 * Something that an object needs, a row of {@code pggit.get_dependencies()}.
 *
 * @param objectType its kind, like TABLE
 * @param fullName its name, like public.users
 * @param kind NORMAL, AUTO, FOREIGN KEY or BODY
 * @param certainty CERTAIN, or POSSIBLE where it is but a name in the body of a function
 */
public record Dependency(String objectType, String fullName, String kind, String certainty) {}
