package io.pgtrail.spring;

import javax.sql.DataSource;

/** What a tracked data source has behind it: the tracker's own statements are not tracked. */
interface Untracked {
  DataSource untracked();
}
