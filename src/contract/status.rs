//! How far a downlink is, what happened to it, and why it failed.

use super::open_list::open_list;

open_list! {
    /// How far a downlink of `/downlinks` is.
    DownlinkStatus {
        Pending "PENDING" "waits for its turn.",
        Executing "EXECUTING" "is being sent.",
        SentToCarrier "SENT_TO_CARRIER" "was handed to the network.",
        Cancelled "CANCELLED" "was called back.",
        Retry "RETRY" "is tried again.",
        Delivered "DELIVERED" "reached the device.",
        Failed "FAILED" "will not reach the device.",
    }

    /// How far a downlink of one of the connections is.
    ProtocolStatus {
        Pending "PENDING" "waits for its turn.",
        Executing "EXECUTING" "is being sent.",
        Done "DONE" "has ended, well or not.",
    }

    /// What happened to a downlink of `/downlinks`.
    DownlinkEventType {
        PartSent "DOWNLINK_PART_SENT" "one of its messages was sent.",
        PartFailed "DOWNLINK_PART_FAILED" "one of its messages failed.",
        PartDelivered "DOWNLINK_PART_DELIVERED" "one of its messages reached the device.",
        Accepted "DOWNLINK_ACCEPTED" "it was taken.",
        Rejected "DOWNLINK_REJECTED" "it was refused.",
        Started "DOWNLINK_STARTED" "sending began.",
        Delivered "DOWNLINK_DELIVERED" "all of it reached the device.",
        Failed "DOWNLINK_FAILED" "it failed.",
    }

    /// Why a LoRa downlink failed.
    LoraFailureReason {
        Cancelled "CANCELLED" "it was called back.",
        FeedbackTimeout "FEEDBACK_TIMEOUT" "no feedback came in time.",
        NotAcknowledgedByDevice "NOT_ACKNOWLEDGED_BY_DEVICE" "the end device did not acknowledge it.",
        FailedToTransmitToDevice "FAILED_TO_TRANSMIT_TO_DEVICE" "it could not be transmitted.",
        FailedToEnqueueForTransmission "FAILED_TO_ENQUEUE_FOR_TRANSMISSION" "the network did not queue it.",
        Evicted "EVICTED" "another downlink took its place.",
    }

    /// Why an HTTP downlink failed.
    HttpFailureReason {
        Cancelled "CANCELLED" "it was called back.",
        Timeout "TIMEOUT" "the device did not fetch it in time.",
        Evicted "EVICTED" "another downlink took its place.",
    }

    /// Why an MQTT downlink failed.
    MqttFailureReason {
        Cancelled "CANCELLED" "it was called back.",
        FeedbackTimeout "FEEDBACK_TIMEOUT" "no feedback came in time.",
        FailedToTransmitToDevice "FAILED_TO_TRANSMIT_TO_DEVICE" "it could not be published.",
    }

    /// Why an SMS downlink failed.
    SmsFailureReason {
        Cancelled "CANCELLED" "it was called back.",
        FailureToTransmitToDevice "FAILURE_TO_TRANSMIT_TO_DEVICE" "it could not be sent.",
        FailureToEnqueueForTransmission "FAILURE_TO_ENQUEUE_FOR_TRANSMISSION" "the network did not queue it.",
        FeedbackTimeout "FEEDBACK_TIMEOUT" "no feedback came in time.",
        Evicted "EVICTED" "another downlink took its place.",
    }

    /// How surely an MQTT message arrives.
    MqttQualityOfService {
        AtMostOnce "AT_MOST_ONCE" "once or not at all (MQTT 5.0 §4.3.1); the default.",
    }
}
