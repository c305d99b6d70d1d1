package io.pgtrail.server.pages;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What surrounds a page.
 *
 * @param account who looks at it
 * @param target which database it is about; NULL for none
 * @param places where else to go
 */
public record Frame(String account, @Nullable String target, List<Place> places) {

  /** Where to go from every page. */
  enum Section {
    OVERVIEW("Overview", ""),
    OPERATIONS("Operations", "/operations"),
    SCHEMA("Schema", "/schema"),
    ROLLBACK("Rollback", "/rollback"),
    HEALTH("Health", "/health"),
    ALERTS("Alerts", "/alerts");

    private final String title;
    private final String path;

    Section(String title, String path) {
      this.title = title;
      this.path = path;
    }
  }

  /** A link of the navigation. */
  public record Place(String title, String path, boolean current) {}

  static Frame of(String account, String target, Section current) {
    return new Frame(
        account,
        target,
        Arrays.stream(Section.values())
            .map(section -> new Place(section.title, section.path, section == current))
            .toList());
  }

  static Frame without(String account) {
    return new Frame(account, null, List.of());
  }
}
