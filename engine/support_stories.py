"""Which test shows a row of the support table: `file::name` under tests/. A test checks that each row has one, and that it exists."""

from engine.support_events import (
    BOUNDARY,
    BOUNDARY_BESIDE,
    CATCH,
    END,
    EVENT_START,
    EVENT_START_BESIDE,
    MULTIPLE,
    NONE,
    PARALLEL_MULTIPLE,
    START,
    SUB_START,
    THROW,
)

_EVENTS: dict[str, tuple[str, dict[str, str]]] = {
    NONE: (
        "ends",
        {
            START: "a_process_is_over_when_every_token_is",
            SUB_START: "a_terminate_end_in_a_subprocess_stops_only_that_and_the_rest_goes_on",
            THROW: "sequence_flows::a_throwing_event_without_anything_to_throw_is_passed_and_told",
            END: "a_process_is_over_when_every_token_is",
        },
    ),
    "messageEventDefinition": (
        "messages",
        {
            START: "a_message_starts_an_instance",
            EVENT_START: "an_interrupting_event_subprocess_takes_over",
            EVENT_START_BESIDE: "a_non_interrupting_event_subprocess_runs_beside_the_rest_each_time",
            CATCH: "a_message_wakes_who_waits_for_its_name_and_key_and_brings_its_variables",
            BOUNDARY: "an_interrupting_boundary_message_stops_its_activity",
            BOUNDARY_BESIDE: "a_non_interrupting_boundary_message_fires_as_often_as_it_comes",
            THROW: "sending::a_throwing_event_reaches_a_waiting_instance_in_a_turn_of_its_own",
            END: "sending::an_end_event_and_a_send_task_send",
        },
    ),
    "timerEventDefinition": (
        "timers",
        {
            START: "a_duration_starts_one_instance_after_it_came_into_use",
            EVENT_START: "an_event_subprocess_with_an_interrupting_timer_takes_over",
            EVENT_START_BESIDE: "an_event_subprocess_with_a_timer_beside_the_rest",
            CATCH: "a_catching_event_waits_until_its_moment_and_no_longer",
            BOUNDARY: "an_interrupting_boundary_timer_stops_its_activity",
            BOUNDARY_BESIDE: "a_non_interrupting_boundary_timer_fires_once_and_leaves_its_activity",
        },
    ),
    "signalEventDefinition": (
        "signals",
        {
            START: "a_signal_starts_an_instance_of_every_process_that_begins_with_it",
            EVENT_START: "an_event_subprocess_started_by_a_signal",
            EVENT_START_BESIDE: "an_event_subprocess_started_by_a_signal",
            CATCH: "a_signal_wakes_every_instance_that_waits_for_it",
            BOUNDARY: "an_interrupting_boundary_signal",
            BOUNDARY_BESIDE: "a_non_interrupting_boundary_signal_fires_each_time",
            THROW: "a_thrown_signal_wakes_others_and_starts_processes",
            END: "a_signal_end_event_throws",
        },
    ),
    "conditionalEventDefinition": (
        "conditions",
        {
            START: "a_condition_starts_an_instance",
            EVENT_START: "an_event_subprocess_started_by_a_condition",
            EVENT_START_BESIDE: "an_event_subprocess_started_by_a_condition",
            CATCH: "a_catching_event_waits_until_its_condition_holds",
            BOUNDARY: "an_interrupting_boundary_condition",
            BOUNDARY_BESIDE: "a_non_interrupting_boundary_condition_fires_each_time_it_becomes_true",
        },
    ),
    "errorEventDefinition": (
        "errors",
        {
            EVENT_START: "an_event_subprocess_catches_an_error_of_its_own_scope",
            BOUNDARY: "an_error_end_is_caught_on_the_edge_of_its_subprocess",
            END: "an_error_climbs_until_someone_catches_it",
        },
    ),
    "escalationEventDefinition": (
        "escalations",
        {
            EVENT_START: "an_event_subprocess_catches_it_interrupting_or_not",
            EVENT_START_BESIDE: "an_event_subprocess_catches_it_interrupting_or_not",
            THROW: "it_climbs_to_the_nearest_catcher_and_stops_there",
            BOUNDARY: "an_interrupting_catcher_stops_it_before_its_next_step",
            BOUNDARY_BESIDE: "a_non_interrupting_catcher_fires_each_time",
            END: "an_end_event_escalates_and_its_subprocess_still_ends_well",
        },
    ),
    "compensateEventDefinition": (
        "compensation",
        {
            EVENT_START: "a_compensation_event_subprocess_decides_how_its_scope_is_undone",
            THROW: "what_did_not_complete_is_not_undone",
            BOUNDARY: "what_a_loop_did_three_times_is_undone_three_times",
            END: "an_end_event_undoes_too",
            "waitForCompletion=false": "table_rows::what_is_not_waited_for_is_undone_beside_the_rest",
        },
    ),
    "cancelEventDefinition": (
        "transactions",
        {
            BOUNDARY: "a_cancelled_transaction_is_undone_and_left_by_its_cancel_event",
            END: "what_still_runs_inside_is_stopped_first",
        },
    ),
    "terminateEventDefinition": ("ends", {END: "a_terminate_end_stops_everything_in_the_process"}),
    "linkEventDefinition": (
        "links",
        {CATCH: "a_token_jumps_from_the_throwing_to_the_catching_event", THROW: "several_throwers_lead_to_one_catcher"},
    ),
    MULTIPLE: (
        "multiple",
        {
            START: "a_process_that_starts_at_any_of_several_triggers",
            EVENT_START: "table_rows::an_interrupting_event_subprocess_takes_the_first_of_its_triggers",
            EVENT_START_BESIDE: "an_event_subprocess_with_several_triggers",
            CATCH: "any_of_the_triggers_of_a_catching_event_is_enough",
            BOUNDARY: "a_boundary_event_with_several_triggers",
            BOUNDARY_BESIDE: "a_non_interrupting_boundary_event_with_several_triggers_fires_for_each",
            THROW: "a_throwing_event_throws_all_it_has",
            END: "a_throwing_event_throws_all_it_has",
        },
    ),
    PARALLEL_MULTIPLE: (
        "multiple",
        {
            EVENT_START: "a_parallel_multiple_event_subprocess_needs_all_of_its_triggers_each_time",
            EVENT_START_BESIDE: "a_parallel_multiple_event_subprocess_needs_all_of_its_triggers_each_time",
            CATCH: "all_triggers_of_a_parallel_multiple_catching_event_are_needed_in_any_order",
            BOUNDARY: "table_rows::an_interrupting_boundary_event_may_need_all_of_its_triggers",
            BOUNDARY_BESIDE: "a_parallel_multiple_boundary_event_gathers_and_begins_again",
        },
    ),
}
_OTHERS: dict[str, tuple[str, dict[str, str]]] = {
    "timeDate": ("timers", {"": "a_date_starts_one_instance"}),
    "timeDuration": ("timers", {"": "a_timer_starts_when_its_activity_does"}),
    "timeCycle": (
        "timers",
        {
            "R3/PT1H": "a_non_interrupting_cycle_fires_as_often_as_it_says",
            "cron": "a_cron_text_is_read_on_the_clock_of_the_office",
        },
    ),
    "message": (
        "messages",
        {
            "sleutel": "exactly_one_of_two_instances_with_the_same_key_receives_and_it_is_the_one_that_waits_longest",
            "vroeg": "an_early_message_is_kept_no_longer_than_its_time_to_live",
            "tweede keer": "a_message_id_seen_before_is_refused",
        },
    ),
    "userTask": ("tasks", {"": "a_user_task_waits_for_a_person_and_takes_what_they_say"}),
    "manualTask": ("tasks", {"": "a_manual_or_plain_task_is_passed_and_told"}),
    "task": ("tasks", {"": "a_manual_or_plain_task_is_passed_and_told"}),
    "serviceTask": ("tasks", {"": "a_job_waits_for_a_worker_and_gives_its_inputs"}),
    "sendTask": (
        "sending",
        {"bericht": "an_end_event_and_a_send_task_send", "taaktype": "tasks::every_task_with_a_job_type_is_a_job"},
    ),
    "receiveTask": (
        "messages",
        {
            "": "a_receive_task_waits_for_its_message",
            "start van een proces": "table_rows::a_receive_task_starts_an_instance",
        },
    ),
    "scriptTask": ("tasks", {"": "a_script_sets_its_variable"}),
    "businessRuleTask": ("tasks", {"": "a_decision_is_taken"}),
    "callActivity": (
        "calls",
        {
            "latest": "a_running_case_keeps_the_version_it_started_with",
            "deployment": "bound_at_deployment_a_caller_keeps_the_version_of_its_own_publishing",
            "versionTag": "bound_to_a_version_tag",
            "variabelen": "everything_the_caller_sees_is_passed_unless_it_says_otherwise",
        },
    ),
    "globalTask": ("calls", {"": "a_global_task_is_called_like_a_process"}),
    "globalUserTask": ("calls", {"": "a_global_task_is_called_like_a_process"}),
    "globalManualTask": ("calls", {"": "a_global_task_is_called_like_a_process"}),
    "globalScriptTask": ("calls", {"": "a_global_task_is_called_like_a_process"}),
    "globalBusinessRuleTask": ("table_rows", {"": "a_decision_may_be_called_like_a_process"}),
    "subProcess": (
        "scopes",
        {
            "": "a_subprocess_sees_what_is_around_it_and_its_inputs",
            "gebeurtenisdeelproces": "event_subprocesses::an_interrupting_one_stops_all_of_its_scope_but_nothing_around_it",
        },
    ),
    "transaction": ("transactions", {"": "a_transaction_that_succeeds_is_a_subprocess"}),
    "adHocSubProcess": (
        "ad_hoc",
        {"parallel": "a_person_chooses_what_is_done_and_how_often", "sequential": "one_at_a_time"},
    ),
    "standardLoopCharacteristics": ("loops", {"": "a_loop_runs_as_long_as_its_condition_holds_asked_after_each_round"}),
    "multiInstanceLoopCharacteristics": (
        "loops",
        {
            "parallel": "one_for_each_item_at_once",
            "sequential": "one_after_another",
            "voorwaarde": "enough_is_enough_and_the_others_are_withdrawn",
            "resultaten": "results_are_gathered_in_the_order_of_the_items_whatever_the_order_of_completion",
            "tellers": "the_counters_of_the_standard",
        },
    ),
    "isForCompensation": ("compensation", {"": "a_handler_does_not_run_on_its_own"}),
    "startQuantity": ("sequence_flows", {"": "start_quantity_gathers_tokens"}),
    "completionQuantity": ("sequence_flows", {"": "completion_quantity_sends_tokens"}),
    "exclusiveGateway": ("exclusive", {"": "the_first_condition_that_holds_wins_in_the_order_of_the_diagram"}),
    "parallelGateway": ("parallel", {"": "a_join_in_a_loop_starts_afresh_each_round_though_the_order_differs"}),
    "inclusiveGateway": (
        "inclusive",
        {
            "splitsen": "every_condition_that_holds_gives_a_branch_and_the_join_waits_for_just_those",
            "samenvoegen": "a_branch_that_ends_elsewhere_is_no_longer_waited_for",
        },
    ),
    "eventBasedGateway": (
        "event_gateways",
        {
            "": "an_event_gateway_goes_where_the_first_event_leads_and_forgets_the_others",
            "start van een proces": "an_event_gateway_that_starts_instances_takes_one_message",
            "start van een proces, alle": "a_parallel_event_gateway_starts_an_instance_with_the_first_message_and_waits_for_the_others",
        },
    ),
    "sequenceFlow": (
        "sequence_flows",
        {
            "met voorwaarde, uit een stap": "every_conditional_flow_that_holds_is_taken",
            "standaard, uit een stap": "the_default_flow_of_an_activity_only_when_no_condition_holds",
            "meerdere uit een element": "two_flows_out_of_an_activity_are_a_split",
            "meerdere naar een element": "two_flows_into_an_activity_run_it_once_for_each_token",
        },
    ),
    "process": (
        "sequence_flows",
        {
            "zonder start": "without_start_event_everything_without_a_flow_in_starts",
            "zonder einde": "an_activity_without_a_flow_out_is_an_end",
            "met meerdere starts": "messages::several_message_starts_begin_where_their_message_says",
            "meerdere in één bestand": "sending::two_pools_talk",
        },
    ),
    "lane": ("sequence_flows", {"": "a_lane_gives_its_tasks_their_role_unless_they_have_their_own"}),
    "dataObject": ("scopes", {"": "a_data_object_is_a_variable_of_its_scope"}),
    "ioMapping": (
        "scopes",
        {"input": "an_input_is_local_to_its_activity", "output": "with_output_mapping_only_what_is_mapped"},
    ),
}


def _story(family: str, test: str) -> str:
    """A test of the conformance suite; one of another family names it first."""
    named, _, name = test.rpartition("::")
    return f"conformance/bpmn/test_{named or family}.py::test_{name}"


SHOWN_BY: dict[tuple[str, str], str] = {
    (construct, position): _story(family, test)
    for construct, (family, tests) in {**_OTHERS, **_EVENTS}.items()
    for position, test in tests.items()
}
REFUSED_BY = "diagrams/test_refused.py::test_what_is_refused_says_what_to_draw_instead"
