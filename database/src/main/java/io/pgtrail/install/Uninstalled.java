package io.pgtrail.install;

import java.util.List;

/**
 * What an uninstallation did.
 *
 * @param removed every object that was dropped, in that order: "event trigger et_sql_drop"
 * @param kept what was left although pgtrail made it, each with the reason
 */
public record Uninstalled(List<String> removed, List<String> kept) {

  public Uninstalled {
    removed = List.copyOf(removed);
    kept = List.copyOf(kept);
  }
}
