package io.pgtrail.client;

/** The usual types of operations. Any other word of 1 to 50 characters is one, too. */
public final class OperationTypes {

  /** Done by hand. */
  public static final String MANUAL = "MANUAL";

  /** Upkeep of the database. */
  public static final String MAINTENANCE = "MAINTENANCE";

  /** A change of the schema, or of data along with it. */
  public static final String MIGRATION = "MIGRATION";

  /** A backup. */
  public static final String BACKUP = "BACKUP";

  /** Reports. */
  public static final String REPORTING = "REPORTING";

  /** Data that comes in. */
  public static final String DATA_IMPORT = "DATA_IMPORT";

  /** Data that goes out. */
  public static final String DATA_EXPORT = "DATA_EXPORT";

  /** Many statements sent as one. */
  public static final String BATCH = "BATCH";

  private OperationTypes() {}
}
