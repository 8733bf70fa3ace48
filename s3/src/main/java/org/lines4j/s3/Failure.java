package org.lines4j.s3;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import org.lines4j.error.InputException;
import org.lines4j.error.Shown;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/// What S3 refuses, in words that say what to do.
final class Failure {
  static final int NOT_FOUND = 404;
  static final int CHANGED = 412;
  static final int NO_SUCH_RANGE = 416;
  private static final int MOST_SHOWN = 300;

  private Failure() {}

  /// The status of an answer; 0 where there was none.
  static int status(SdkException failure) {
    return failure instanceof AwsServiceException answer ? answer.statusCode() : 0;
  }

  /// What S3 calls it.
  static String code(SdkException failure) {
    if (failure instanceof AwsServiceException answer
        && answer.awsErrorDetails() != null
        && answer.awsErrorDetails().errorCode() != null) {
      return answer.awsErrorDetails().errorCode();
    }
    return "";
  }

  /// A failure as an exception of ours.
  ///
  /// @param place what was asked for
  /// @return an `IOException` if it may pass or there is no such file
  /// @throws InputException if it will not pass by itself
  static IOException of(S3Address place, SdkException failure) {
    if (!(failure instanceof AwsServiceException)) {
      return unanswered(place, failure);
    }
    String code = code(failure);
    switch (code) {
      case "NoSuchBucket" ->
          throw new InputException(
                  place, "there is no bucket '%s' at %s".formatted(place.bucket(), name()))
              .withRemedy("check its name, and the endpoint (AWS_ENDPOINT_URL) and profile");
      case "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken" ->
          throw refused(place, failure)
              .withRemedy("check AWS_PROFILE, or AWS_ACCESS_KEY_ID and what belongs to it");
      case "RequestTimeTooSkewed" ->
          throw refused(place, failure).withRemedy("set this machine's clock");
      case "PermanentRedirect",
          "AuthorizationHeaderMalformed",
          "IllegalLocationConstraintException" ->
          throw refused(place, failure)
              .withRemedy("the bucket lies in another region: set AWS_REGION to it");
      case "NoSuchKey" -> {
        return new NoSuchFileException(place.toString());
      }
      default -> {}
    }
    return switch (status(failure)) {
      case 401, 403 ->
          throw refused(place, failure)
              .withRemedy(
                  "the credentials that were found may not do this, or, where they may not list the"
                      + " bucket, there is no such file");
      case NOT_FOUND -> new NoSuchFileException(place.toString());
      case CHANGED -> new IOException(place + ": " + changed());
      case 301, 307, 400, 405, 411, 501 -> throw refused(place, failure);
      default -> new IOException(place + ": " + answer(failure), failure);
    };
  }

  /// In words: another file is there than the one that was opened.
  static String changed() {
    return "changed while it was read; run again when it is complete";
  }

  private static String name() {
    return Store.current().name();
  }

  private static InputException refused(S3Address place, SdkException failure) {
    return new InputException(place, answer(failure));
  }

  private static String answer(SdkException failure) {
    String code = code(failure).isEmpty() ? "nothing more" : code(failure);
    String message =
        failure instanceof AwsServiceException answer && answer.awsErrorDetails() != null
            ? String.valueOf(answer.awsErrorDetails().errorMessage())
            : "";
    String words = message.isEmpty() || message.equals("null") ? "" : ": " + message;
    return "%s answers with status %d, %s"
        .formatted(name(), status(failure), shortened(code + words));
  }

  private static String shortened(String text) {
    String plain = Shown.whole(text.strip());
    return plain.length() <= MOST_SHOWN ? plain : plain.substring(0, MOST_SHOWN) + "...";
  }

  private static IOException unanswered(S3Address place, SdkException failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof WrongAnswer) {
        return new IOException(place + ": " + at.getMessage(), failure);
      }
      if (at instanceof UnknownHostException) {
        return new IOException(
            "%s: cannot find the server %s: is there a network, and is the endpoint right?"
                .formatted(place, shortened(String.valueOf(at.getMessage()))),
            failure);
      }
      if (at instanceof ConnectException) {
        return new IOException("%s: cannot connect to %s".formatted(place, name()), failure);
      }
    }
    String message = String.valueOf(failure.getMessage());
    if (message.toLowerCase(Locale.ROOT).contains("credentials")) {
      throw new InputException(place, "no credentials for S3 were found, or they cannot be used")
          .withRemedy(
              "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run 'aws"
                  + " configure'")
          .withDetails("\n  " + shortened(message));
    }
    return new IOException(
        "%s: %s failed: %s".formatted(place, name(), shortened(message)), failure);
  }
}
