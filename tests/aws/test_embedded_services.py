"""Each neighbour service answers through one port."""

from __future__ import annotations

import io
import json
import time
import zipfile
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.aws.conftest import Served


def test_sts_says_the_default_account(served: Served) -> None:
    assert served.client("sts").get_caller_identity()["Account"] == "123456789012"


def test_logs(served: Served) -> None:
    logs = served.client("logs")
    logs.create_log_group(logGroupName="g")
    logs.create_log_stream(logGroupName="g", logStreamName="s")
    now = int(time.time() * 1000)
    logs.put_log_events(
        logGroupName="g", logStreamName="s", logEvents=[{"timestamp": now, "message": "hello"}]
    )
    events = logs.get_log_events(logGroupName="g", logStreamName="s")["events"]
    assert [event["message"] for event in events] == ["hello"]


def test_iam_knows_the_managed_policies_of_aws(served: Served) -> None:
    iam = served.client("iam")
    arn = "arn:aws:iam::aws:policy/service-role/AWSBatchServiceRole"
    iam.create_role(RoleName="batch", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17"}))
    iam.attach_role_policy(RoleName="batch", PolicyArn=arn)
    attached = iam.list_attached_role_policies(RoleName="batch")["AttachedPolicies"]
    assert [policy["PolicyArn"] for policy in attached] == [arn]


def test_managed_policies_survive_a_reset_and_exist_in_each_account(served: Served) -> None:
    arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    served.client("iam", key="111122223333").get_policy(PolicyArn=arn)
    served.aws.reset()
    assert served.client("iam").get_policy(PolicyArn=arn)["Policy"]["Arn"] == arn


def test_ec2_has_a_default_vpc_with_subnets(served: Served) -> None:
    ec2 = served.client("ec2")
    vpcs = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    assert len(vpcs) == 1
    assert len(ec2.describe_subnets()["Subnets"]) >= 2


def test_ecs(served: Served) -> None:
    ecs = served.client("ecs")
    arn = ecs.create_cluster(clusterName="c")["cluster"]["clusterArn"]
    assert ecs.list_container_instances(cluster=arn)["containerInstanceArns"] == []


def test_an_event_reaches_a_queue(served: Served) -> None:
    events, sqs = served.client("events"), served.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    assert url.startswith(served.url)
    events.put_rule(Name="r", EventPattern=json.dumps({"source": ["mine"]}))
    events.put_targets(Rule="r", Targets=[{"Id": "1", "Arn": "arn:aws:sqs:us-east-1:123456789012:q"}])
    events.put_events(Entries=[{"Source": "mine", "DetailType": "t", "Detail": json.dumps({"a": 1})}])
    messages = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=2)["Messages"]
    assert json.loads(messages[0]["Body"])["detail"] == {"a": 1}


def test_sns_delivers_to_sqs(served: Served) -> None:
    sns, sqs = served.client("sns"), served.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:123456789012:q")
    sns.publish(TopicArn=topic, Message="hello")
    message = sqs.receive_message(QueueUrl=url)["Messages"][0]
    assert json.loads(message["Body"])["Message"] == "hello"


def test_cloudwatch(served: Served) -> None:
    cloudwatch = served.client("cloudwatch")
    cloudwatch.put_metric_data(Namespace="n", MetricData=[{"MetricName": "m", "Value": 1.0}])
    assert [m["MetricName"] for m in cloudwatch.list_metrics(Namespace="n")["Metrics"]] == ["m"]


def test_secretsmanager(served: Served) -> None:
    secrets = served.client("secretsmanager")
    secrets.create_secret(Name="password", SecretString="x")
    assert secrets.get_secret_value(SecretId="password")["SecretString"] == "x"


def test_ssm(served: Served) -> None:
    ssm = served.client("ssm")
    ssm.put_parameter(Name="/a/b", Value="v", Type="SecureString")
    assert ssm.get_parameter(Name="/a/b", WithDecryption=True)["Parameter"]["Value"] == "v"


def test_stepfunctions(served: Served) -> None:
    states = served.client("stepfunctions")
    definition = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
    role = "arn:aws:iam::123456789012:role/r"
    arn = states.create_state_machine(name="m", definition=definition, roleArn=role)["stateMachineArn"]
    states.start_execution(stateMachineArn=arn, name="e")
    assert [e["name"] for e in states.list_executions(stateMachineArn=arn)["executions"]] == ["e"]


def test_a_workflow_calls_back_to_our_port(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTO_PORT", str(served.port))
    default = '{"stepfunctions": {"execute_state_machine": false}}'
    task = {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sqs:listQueues", "End": True}
    definition = json.dumps({"StartAt": "A", "States": {"A": task}})
    role = "arn:aws:iam::123456789012:role/r"
    states = served.client("stepfunctions")
    try:
        post(served, "/moto-api/config", default.replace("false", "true"))
        arn = states.create_state_machine(name="m", definition=definition, roleArn=role)["stateMachineArn"]
        execution = states.start_execution(stateMachineArn=arn)["executionArn"]
        assert finished(states, execution)["status"] == "SUCCEEDED"
    finally:
        post(served, "/moto-api/config", default)


def finished(states: Any, execution: str) -> Any:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        described = states.describe_execution(executionArn=execution)
        if described["status"] != "RUNNING":
            return described
        time.sleep(0.05)
    raise AssertionError("the workflow never ended")


def post(served: Served, path: str, body: str) -> None:
    with urlopen(Request(served.url + path, data=body.encode(), method="POST")) as response:
        assert response.status in {200, 201}


def test_dynamodb(served: Served) -> None:
    dynamodb = served.client("dynamodb")
    dynamodb.create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.put_item(TableName="t", Item={"k": {"S": "1"}})
    assert dynamodb.get_item(TableName="t", Key={"k": {"S": "1"}})["Item"] == {"k": {"S": "1"}}


def test_lambda_functions_can_be_made_and_listed(served: Served) -> None:
    served.client("iam").create_role(RoleName="l", AssumeRolePolicyDocument="{}")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as code:
        code.writestr("f.py", "def handler(event, context): return event")
    functions = served.client("lambda")
    functions.create_function(
        FunctionName="f",
        Runtime="python3.11",
        Role="arn:aws:iam::123456789012:role/l",
        Handler="f.handler",
        Code={"ZipFile": archive.getvalue()},
    )
    assert [f["FunctionName"] for f in functions.list_functions()["Functions"]] == ["f"]


def test_cloudformation_creates_a_bucket(served: Served) -> None:
    template = {"Resources": {"B": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "made"}}}}
    stacks = served.client("cloudformation")
    stacks.create_stack(StackName="s", TemplateBody=json.dumps(template))
    assert stacks.describe_stacks(StackName="s")["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"
    assert [b["Name"] for b in served.client("s3").list_buckets()["Buckets"]] == ["made"]


def test_an_operation_that_moto_lacks_is_501_with_a_code(served: Served) -> None:
    with pytest.raises(ClientError) as error:
        served.client("ssm").describe_ops_items(OpsItemFilters=[])
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert error.value.response["Error"]["Code"] == "NotImplemented"


def test_a_service_that_moto_lacks_is_501_and_prints_nothing(
    served: Served, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ClientError) as error:
        served.client("outposts").list_sites()
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert capfd.readouterr() == ("", "")
